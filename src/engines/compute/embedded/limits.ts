/**
 * AWS Lambda's quotas as the twin enforces them, and a few of its own.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */

/** Largest payload of a synchronous invocation, and largest response. */
export const LARGEST_PAYLOAD_BYTES = 6_291_456;
/** The Runtime API takes this much of a response: the quota plus room for the envelope. */
export const LARGEST_RESPONSE_BYTES = 6_291_556;
/** Largest request of CreateFunction and UpdateFunctionCode: a zip file in base64 plus its JSON. */
export const LARGEST_CODE_REQUEST_BYTES = 70_167_211;
/** Largest request of every other operation. */
export const LARGEST_REQUEST_BYTES = 1_048_576;
export const LARGEST_ZIP_BYTES = 52_428_800;
export const LARGEST_UNZIPPED_BYTES = 262_144_000;
export const LARGEST_ENVIRONMENT_BYTES = 4_096;
/** A resource policy of a function, a version or an alias. */
export const LARGEST_POLICY_BYTES = 20_480;
export const LARGEST_LOG_TAIL_BYTES = 4_096;

export const SHORTEST_TIMEOUT_SECONDS = 1;
export const LONGEST_TIMEOUT_SECONDS = 900;
export const SMALLEST_MEMORY_MB = 128;
export const LARGEST_MEMORY_MB = 10_240;
/** Size of `/tmp`; the smallest is the default. */
export const SMALLEST_STORAGE_MB = 512;
export const LARGEST_STORAGE_MB = 10_240;
export const LONGEST_DESCRIPTION = 256;
/** How long the code outside the handler may run before the first invocation. */
export const LONGEST_INIT_MS = 10_000;

/** Invocations of all functions at a time: AWS's default of an account. */
export const ACCOUNT_CONCURRENCY = 1_000;
/** So much of it stays for functions that reserve nothing. */
export const LEAST_UNRESERVED_CONCURRENCY = 100;
/** Execution environments of one version at a time, unless the composition root says otherwise. */
export const CONCURRENCY_PER_VERSION = 10;
/** Processes that are booted before there is a function for them. */
export const PARKED_PROCESSES = 2;
/** Files of a function that is to run in a sandbox that was booted in advance; one with more gets a sandbox of its own. */
export const MOST_LINKED_FILES = 200;
/** Invocations of one version that may wait for an execution environment, and for how long. */
export const LONGEST_QUEUE = 1_000;
export const LONGEST_QUEUE_MS = 2_000;
/** Execution environments without work are ended after the shorter time, the last one of a version after the longer. */
export const LONGEST_SURPLUS_IDLE_MS = 30_000;
export const LONGEST_IDLE_MS = 300_000;

/** After the first provisioned environment that did not start the next is started so much later; the pause doubles up to the last. */
export const FIRST_PROVISION_RETRY_MS = 1_000;
export const LAST_PROVISION_RETRY_MS = 60_000;

/** Items in one page of a list, and the most that `MaxItems` may ask for: of some lists, and of all others. */
export const LARGEST_PAGE = 50;
export const MOST_URLS_ASKED = 50;
export const MOST_EVENT_CONFIGS_ASKED = 50;
export const MOST_PROVISIONED_CONFIGS_ASKED = 50;
export const MOST_ITEMS_ASKED = 10_000;

/** CORS settings of a function URL. */
export const MOST_CORS_ITEMS = 100;
export const MOST_CORS_METHODS = 6;
export const LONGEST_CORS_HEADER = 1_024;
export const LONGEST_CORS_ORIGIN = 253;
export const LONGEST_CORS_AGE_SECONDS = 86_400;

/** A log line is cut at this length. */
export const LONGEST_LOG_LINE_BYTES = 65_536;
/** Functions of one control room, versions and aliases of one function. */
export const MOST_FUNCTIONS = 1_000;
export const MOST_VERSIONS = 1_000;
export const MOST_ALIASES = 100;
/** Tags of one function, and characters of a tag's key and value. */
export const MOST_TAGS = 50;
export const LONGEST_TAG_KEY = 128;
export const LONGEST_TAG_VALUE = 256;
