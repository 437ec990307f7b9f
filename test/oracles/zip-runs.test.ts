/** A zip of real distributions runs on a Lambda: modules import, native extensions load, its settings are read. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inFolder, touchdown } from "../support/cli.ts";
import { embeddedAws } from "../support/embedded-aws.ts";
import { touchdownfile } from "../support/package-world.ts";
import { uvForTests } from "../support/uv-for-tests.ts";

let aws: Awaited<ReturnType<typeof embeddedAws>>;
let uv: Awaited<ReturnType<typeof uvForTests>>;
beforeAll(async () => {
  [aws, uv] = await Promise.all([embeddedAws(), uvForTests()]);
});
afterAll(() => aws.stop());

const requirements = [
  "fastapi",
  "mangum",
  "boto3",
  "sqlalchemy",
  "cryptography",
  "httpx",
  "pydantic",
];

const app = `
import json, os, sys
import boto3, cryptography, fastapi, httpx, mangum, pydantic, sqlalchemy
from cryptography.fernet import Fernet

class Greeting(pydantic.BaseModel):
    name: str

api = fastapi.FastAPI()

@api.get("/{name}")
def greet(name: str):
    return Greeting(name=name)

asgi = mangum.Mangum(api, lifespan="off")
here = os.path.dirname(os.path.abspath(__file__))
modules = [boto3, cryptography, fastapi, httpx, mangum, pydantic, sqlalchemy]

def handler(event, context):
    with open(os.path.join(here, "settings.json")) as file:
        settings = json.load(file)
    key = Fernet.generate_key()
    engine = sqlalchemy.create_engine("sqlite://")
    with engine.connect() as connection:
        three = connection.execute(sqlalchemy.text("select 1 + 2")).scalar()
    files = {name: getattr(module, "__file__", None) or "" for name, module in list(sys.modules.items())}
    native = {name.split(".")[0] for name, file in files.items() if file.endswith(".so") and file.startswith(here)}
    request = {
        "version": "2.0", "routeKey": "$default", "rawPath": "/reader", "rawQueryString": "", "headers": {},
        "requestContext": {"http": {"method": "GET", "path": "/reader", "sourceIp": "127.0.0.1"}},
        "isBase64Encoded": False,
    }
    return {
        "settings": settings,
        "python": "%d.%d" % sys.version_info[:2],
        "elsewhere": [m.__name__ for m in modules if not os.path.abspath(m.__file__).startswith(here)],
        "native": sorted(native & {"cryptography", "pydantic_core", "sqlalchemy"}),
        "decrypted": Fernet(key).decrypt(Fernet(key).encrypt(b"secret")).decode(),
        "three": three,
        "answered": json.loads(asgi(request, context)["body"]),
        "service": boto3.client("sqs", region_name="eu-west-1").meta.service_model.service_name,
    }
`;

test("fastapi, mangum, boto3, sqlalchemy, cryptography, httpx and pydantic, invoked", async (context) => {
  if (uv === undefined) return context.skip("needs uv");
  if (aws.python !== "3.11") return context.skip("needs Python 3.11 for the embedded AWS");
  const files = {
    "Touchdownfile.ts": touchdownfile(`
      const aws = workspace.addAws({ region: "eu-west-1" });
      const queue = aws.addQueue({ name: "jobs" });
      aws.addLambdaFunction({
        name: "api",
        runtime: "python3.11",
        handler: "app.handler",
        memory: 1024,
        timeout: 120,
        role: aws.addRole({ name: "api", managedPolicies: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"] }),
        code: workspace.addPythonPackage({
          requirements: "requirements.txt",
          sources: ["app.py"],
          files: { "settings.json": serializers.json({ queue: queue.getProperty("QueueUrl") }) },
        }),
      });`),
    "requirements.txt": requirements.map((line) => `${line}\n`).join(""),
    "app.py": app,
  };
  await inFolder(files, async (cwd) => {
    const env = { TOUCHDOWN_LOCAL_DIR: aws.folder, TOUCHDOWN_CACHE_DIR: join(aws.folder, "cache") };
    const run = async (...words: string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await touchdown(words, { cwd, env });
      if (exitCode !== 0) throw new Error(`${words.join(" ")}: ${stderr}${stdout}`);
      return stdout;
    };
    await run("apply", "--local", "--yes");
    const invoke = ["invoke", "api", "--local", "--event", "{}"] as const;
    expect(JSON.parse(await run(...invoke))).toEqual({
      settings: { queue: expect.stringMatching(/\/jobs$/u) },
      python: "3.11",
      elsewhere: [],
      native: ["cryptography", "pydantic_core", "sqlalchemy"],
      decrypted: "secret",
      three: 3,
      answered: { name: "reader" },
      service: "sqs",
    });
    expect(await run("apply", "--local", "--yes", "--locked")).toContain("Nothing to do");
    await writeFile(join(cwd, "app.py"), app.replaceAll("secret", "changed"));
    await run("apply", "--local", "--yes", "--locked");
    expect(JSON.parse(await run(...invoke))).toMatchObject({ decrypted: "changed" });
  });
});
