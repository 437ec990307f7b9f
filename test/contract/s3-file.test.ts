import { expect } from "vitest";
import { bucket } from "../../src/aws/s3/bucket.ts";
import { file } from "../../src/aws/s3/file.ts";
import { contract } from "./contract.ts";
import { fakeS3 } from "./fake/s3.ts";

contract(file, {
  title: "file in a bucket",
  fakes: () => ({ s3: fakeS3() }),
  least: (world) => ({
    bucket: world.add(bucket, { name: world.name.toLowerCase() }),
    name: "some folder/hello.txt",
    contents: "hello",
  }),
  properties: ({ name }) => ({
    Bucket: name.toLowerCase(),
    Key: "some folder/hello.txt",
    ETag: "5d41402abc4b2a76b9719d911017c592",
    VersionId: undefined,
    Sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/u),
  }),
  aspects: {
    contents: {
      args: { contents: new Uint8Array([1, 2]) },
      plan: ["contents: 5 bytes → 2 bytes"],
      back: ["contents: 2 bytes → 5 bytes"],
    },
    contentType: {
      args: { contentType: "text/x-hello" },
      plan: ["contentType: text/plain → text/x-hello"],
    },
    cacheControl: {
      args: { cacheControl: "max-age=60" },
      plan: ["cacheControl: none → max-age=60"],
    },
    tags: { args: { tags: { team: "media" } }, plan: ["tags.team: media"], back: [] },
    metadata: {
      args: { metadata: { team: "media" } },
      plan: ["metadata.team: media"],
      back: ["metadata.team: media removed"],
    },
  },
});
