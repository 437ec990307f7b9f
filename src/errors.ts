/**
 * Every way touchdown can refuse. The code is what scripts and tests match on; the text beside it
 * says, for the reference page, when it is thrown.
 */
export const errorCodes = {
  ACCESS_DENIED: "AWS refused a call for want of permission",
  ACCOUNT: "the credentials are of another account than addAws expects",
  ARGUMENT:
    "an argument in the Touchdownfile is missing, unknown, of the wrong type or out of range",
  ARTIFACT_BUCKET: "a zip is too big to be sent directly, and no bucket was named for it",
  ARTIFACT_CHANGED: "a file changed while it was being used, so its hash is no longer true",
  AWS_ERROR: "AWS refused a call for a reason of its own, given in its words",
  BINARY_GLIBC: "a binary in a package needs a newer C library than Lambda has, or another one",
  BINARY_MACHINE: "a binary in a package is for another kind of processor than the function's",
  BINARY_PYTHON: "an extension module in a package is for another Python than the function's",
  BUCKET_NOT_EMPTY: "a bucket is to be deleted, but there are still files or versions in it",
  BUILD_FAILED: "a build backend could not make a wheel, for the reason it gives",
  BUILD_PLATFORM: "a wheel that was compiled here does not run where it is to run",
  BUILD_PYTHON: "the Python that a build is for is not on this machine",
  BYTECODE_FAILED: "Python could not compile what is to go into a package",
  BYTECODE_PYTHON: "there is no Python on this machine that writes the bytecode asked for",
  CHANGED_ELSEWHERE: "someone else changed a resource while this run was changing it",
  CODE_TOO_BIG: "a function's code is larger, unzipped, than Lambda takes",
  COMMAND_FAILED: "a command of a bundle ended with an exit code other than 0",
  COMMAND_FOLDER: "the folder that a command is to run in is missing, or is not a folder",
  COMMAND_LOOK: "an unless or onlyIf could not be asked: it did not start, or a signal ended it",
  COMMAND_NOT_FOUND:
    "a command's program, or the interpreter that its first line names, is not on this machine",
  COMMAND_NOT_STARTED:
    "the system refused to start a command, for example because its file is not executable",
  COMMAND_TIMEOUT: "a command did not end within its time and was stopped",
  COMMAND_USER: "a command can not run as the user it names",
  CREDENTIALS: "there are no AWS credentials, or AWS does not accept them",
  CYCLE: "resources need each other in a circle",
  DOWNLOAD: "something that AWS names an address for could not be fetched",
  DRAWING: "the graph could not be drawn",
  DUPLICATE: "two declarations name the same resource",
  EDITABLE: "a package has what an editable install leaves, and which works on one machine only",
  ENDPOINT_DOWN: "nothing answers at AWS's address, or at the one given",
  FETCH_CERTIFICATE:
    "a server's certificate is not trusted, or the certificates to trust can't be read",
  FETCH_CREDENTIALS: "a server wants a name and password, or does not accept those it was given",
  FETCH_FAILED:
    "a file could not be downloaded: its server can't be reached, refused, or kept failing",
  FETCH_HASH: "a file's sha256 is not the one that was expected; nothing of it is kept",
  FETCH_MISSING: "a file is not at the address, or the path, where it should be",
  FETCH_PROXY: "the proxy that the environment names can't be used",
  FETCH_SIZE: "a file has more or fewer bytes than was expected; nothing of it is kept",
  FETCH_TIMEOUT: "a server did not answer, or stopped sending, for too long",
  FILE_IN_WAY: "something else is where a file, folder or link should be; it is left alone",
  FILE_MISSING: "a file that a step reads, or the folder it writes to, is not there",
  FILE_READ: "a file that is there could not be read",
  FILE_TEXT: "a file that is to be used as text is not UTF-8, or is too big for that",
  FILE_WRITE: "a file could not be written; what was there before is untouched",
  FOLDER_WRITE: "a folder that touchdown keeps things in could not be made",
  FUNCTION_FAILED: "AWS took a function or a change to it, and then could not make it work",
  GIT_FAILED: "a distribution that is locked from a git repository could not be taken from there",
  GIT_MISSING: "a distribution is locked from a git repository, and there is no git",
  IMMUTABLE: "a declared value differs from the real one and can't be changed in place",
  INDEX_PAGE: "a package index's page is not what its format has",
  INTERRUPTED: "the run was stopped by Ctrl-C or a signal before everything was done",
  KEYRING_MISSING: "a password is to be asked of keyring, and there is no such command",
  LOCAL_EXPOSED: "AWS on this machine could be reached from other machines, and was stopped",
  LOCAL_INSTALL: "what AWS on this machine is made of could not be installed",
  LOCAL_NOT_RUNNING: "AWS on this machine does not run",
  LOCAL_PORT: "TOUCHDOWN_LOCAL_PORT is not a port number",
  LOCAL_PORT_IN_USE: "something else listens on the port that TOUCHDOWN_LOCAL_PORT names",
  LOCAL_PYTHON_MISSING: "there is no Python that AWS on this machine can run with",
  LOCAL_RUNTIME: "AWS on this machine cannot run this function",
  LOCAL_START: "AWS on this machine did not start",
  LOCAL_UNHEALTHY: "AWS on this machine runs, but does not answer",
  LOCK_AMBIGUOUS: "a lock has more than one answer for a package",
  LOCK_FILES: "no index has the files that a lock names by their hashes",
  LOCK_FORMAT: "a lock, or a value in it, is not what its format has",
  LOCK_HASH: "a lock names a file without a sha256, so that nothing could be checked",
  LOCK_INPUT: "a file that a lock is made from is missing or can not be read",
  LOCK_MISSING: "a lock that is to be read is not there, or is not of a kind that touchdown reads",
  LOCK_PYTHON: "a lock, or a package in it, is not for the Python of the function",
  LOCK_SELECTION: "a lock has no such extra, dependency group or project",
  LOCK_STALE: "a lock is missing, or what it was made from has changed since",
  LOCK_TARGET: "a lock was made for other machines than a Lambda function's",
  LOCK_TIMEOUT: "another touchdown process held a lock for too long",
  LOCK_UNRESOLVED: "uv could not make a lock, for the reason it gives",
  LOCK_VCS: "a lock takes a distribution from a version control system other than git",
  LOCK_VERSION: "a lock is of a version of its format that touchdown does not know",
  MARKER: "an environment marker can not be read, or not be answered for a Lambda function",
  MISSING: "a resource referred to with get… does not exist",
  NAME_AMBIGUOUS:
    "several accounts or regions have a function of the name that the command line gives",
  NAME_TAKEN: "a name that is shared with other AWS accounts is in use by one of them",
  NAME_UNKNOWN: "no resource of the Touchdownfile has the name that the command line gives",
  NEEDED: "a resource is to be deleted, and others that are there need it",
  OUTPUT_MISSING: "the steps of a bundle are done, but the file it should give is not there",
  OWNED_ELSEWHERE: "a resource that is declared here belongs to another workspace",
  PACKAGE_EMPTY: "a package would be a zip with nothing in it",
  PACKAGE_PENDING: "a package can't be looked at before something on AWS is known",
  PACKAGE_UNKNOWN: "no package of the Touchdownfile has that name",
  PATH_CONFLICT: "two files of a package want the same place in its zip, with different bytes",
  PLAN_STALE: "what was confirmed is no longer what would be done",
  PROJECT_FORMAT: "a pyproject.toml, or a value in it, is not what its specification has",
  PROJECT_MISSING: "a folder that is named as a Python project is none",
  REGION: "no AWS region is named anywhere",
  REQUIREMENT: "a text that names a Python package is not a requirement",
  REQUIREMENTS_MISSING: "a package's requirements file is not there",
  SDIST: "a source distribution can not be read",
  SERIALIZER: "a value that a serializer can't write, found when a ref became known",
  SOURCE_LINK: "a link among a package's sources leads nowhere, or in a circle",
  SOURCE_MISSING: "a file, folder or glob that a package's sources name is not there",
  SOURCE_TWICE: "two of a package's sources would be the same file in the zip",
  STDOUT_WRITE: "standard output is full or broken: what was asked for is not all in it",
  STORE_READ: "the folder of what can be made again can't be read",
  STORE_WRITE: "the folder of what can be made again can't be written, or is full",
  THROTTLED: "AWS asked for fewer calls, and went on asking after every wait",
  TOUCHDOWNFILE_EXPORT: "the Touchdownfile's default export is missing or is not a function",
  TOUCHDOWNFILE_IMPORT: "the Touchdownfile imports a file or package that is not there",
  TOUCHDOWNFILE_MISSING: "there is no Touchdownfile where touchdown looked for it",
  TOUCHDOWNFILE_SYNTAX: "the Touchdownfile, or a file it imports, is not valid TypeScript",
  TOUCHDOWNFILE_THREW: "the user's own code in the Touchdownfile threw an error",
  USAGE: "the command line can't be meant",
  UV_MISSING: "uv, which locks and builds, is not on this machine and could not be fetched",
  WAIT_TIMEOUT: "something that was waited for did not happen in time",
  WHEEL_DAMAGED: "a wheel in the store no longer has the bytes it was stored with",
  WHEEL_FORMAT: "a wheel is not made as wheels are, so that it can't be known what it means",
  WHEEL_NAME: "a wheel's file name does not say what a wheel's name must",
  WHEEL_NONE: "no wheel of a release runs on the target",
  WHEEL_RECORD: "a wheel has other files than its RECORD says",
  WORKSPACE_LOCKED: "another run holds the lock that the workspace asks for",
  WORKSPACE_LOCK_LOST:
    "the workspace's lock was taken away, or could not be kept, in the middle of a run",
  ZIP_BOMB: "a zip would unzip to very much more than its own size",
  ZIP_CRC: "a zip entry's bytes are not those that its checksum was computed from",
  ZIP_DATA: "a zip entry's compressed bytes are damaged",
  ZIP_DUPLICATE_PATH:
    "two zip entries have the same path, or one is a file and also the folder of another",
  ZIP_ENCRYPTED: "a zip entry is encrypted",
  ZIP_FORMAT: "a zip's records are damaged, or contradict each other",
  ZIP_LOCAL_HEADER: "a zip entry's own header contradicts the zip's central directory",
  ZIP_METHOD: "a zip entry is compressed in another way than deflate",
  ZIP_OVERLAP: "two zip entries share bytes",
  ZIP_PATH:
    "a zip entry's path is absolute, leads out of its folder, or means different files to different programs",
  ZIP_SIZE: "a zip entry has more or fewer bytes than its header says",
  ZIP_TRUNCATED: "a zip is cut short, or is not a zip",
} as const;

export type ErrorCode = keyof typeof errorCodes;

/**
 * A refusal a person can act on. Anything else thrown is a bug.
 *
 * `message` is one line with the offending value, no full stop, never a secret; `hint` says what to do.
 */
export class TouchdownError extends Error {
  override readonly name = "TouchdownError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** Everything that was wrong, to be shown together. */
export class InvalidTouchdownfile extends TouchdownError {
  readonly problems: readonly TouchdownError[];

  constructor(problems: readonly TouchdownError[]) {
    const [first] = problems;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
    const hint = problems.length === 1 ? first?.hint : undefined;
    const options = hint === undefined ? {} : { hint };
    super(first?.code ?? "ARGUMENT", `${first?.message ?? ""}${more}`, options);
    this.problems = problems;
  }
}
