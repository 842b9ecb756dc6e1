/**
 * AWS Lambda's quotas as the twin enforces them, and a few of its own.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */

/** Largest payload of a synchronous invocation, and largest response. */
export const MAX_PAYLOAD_BYTES = 6_291_456;
/** The Runtime API takes this much of a response: the quota plus room for the envelope. */
export const MAX_RESPONSE_BYTES = 6_291_556;
/** Largest request of CreateFunction and UpdateFunctionCode: a zip file in base64 plus its JSON. */
export const MAX_CODE_REQUEST_BYTES = 70_167_211;
/** Largest request of every other operation. */
export const MAX_REQUEST_BYTES = 1_048_576;
export const MAX_ZIP_BYTES = 52_428_800;
export const MAX_UNZIPPED_BYTES = 262_144_000;
export const MAX_ENVIRONMENT_BYTES = 4_096;
/** A resource policy of a function, a version or an alias. */
export const MAX_POLICY_BYTES = 20_480;
export const MAX_LOG_TAIL_BYTES = 4_096;

export const MIN_TIMEOUT_SECONDS = 1;
export const MAX_TIMEOUT_SECONDS = 900;
export const MIN_MEMORY_MB = 128;
export const MAX_MEMORY_MB = 10_240;
/** Size of `/tmp`; the smallest is the default. */
export const MIN_STORAGE_MB = 512;
export const MAX_STORAGE_MB = 10_240;
export const MAX_DESCRIPTION = 256;
export const MAX_LOG_GROUP = 512;
/** How long the code outside the handler may run before the first invocation. */
export const MAX_INIT_MS = 10_000;

/** What a subscription to the Telemetry API may ask to have buffered, and what it gets unasked. */
export const TELEMETRY_BUFFERING = {
  maxItems: { least: 1_000, most: 10_000, usual: 10_000 },
  maxBytes: { least: 262_144, most: 1_048_576, usual: 262_144 },
  timeoutMs: { least: 25, most: 30_000, usual: 1_000 },
};
/** Telemetry that is kept for extensions that subscribe later in the initialisation. */
export const MAX_TELEMETRY_BACKLOG_BYTES = 262_144;
/** Extensions of one execution environment. */
export const MAX_EXTENSIONS = 10;
/** How long an environment that ends waits: for external extensions, for internal ones, and for the runtime before those. */
export const MAX_SHUTDOWN_MS = 2_000;
export const MAX_INTERNAL_SHUTDOWN_MS = 500;
export const MAX_RUNTIME_SHUTDOWN_MS = 300;

/** Invocations of all functions at a time: AWS's default of an account. */
export const ACCOUNT_CONCURRENCY = 1_000;
/** So much of it stays for functions that reserve nothing. */
export const MIN_UNRESERVED_CONCURRENCY = 100;
/** Execution environments of one version at a time, unless the composition root says otherwise. */
export const CONCURRENCY_PER_VERSION = 10;
/** Processes of one program that are booted before there is a function for them. */
export const PARKED_PROCESSES = 2;
/** Files of a function that is to run in a sandbox that was booted in advance; one with more gets a sandbox of its own. */
export const MAX_LINKED_FILES = 200;
/** Invocations of one version that may wait for an execution environment, and for how long. */
export const MAX_QUEUE = 1_000;
export const MAX_QUEUE_MS = 2_000;
/** Execution environments without work are ended after the shorter time, the last one of a version after the longer. */
export const MAX_SURPLUS_IDLE_MS = 30_000;
export const MAX_IDLE_MS = 300_000;

/** After the first provisioned environment that did not start the next is started so much later; the pause doubles up to the last. */
export const FIRST_PROVISION_RETRY_MS = 1_000;
export const LAST_PROVISION_RETRY_MS = 60_000;

/** Items in one page of a list, and the most that `MaxItems` may ask for: of some lists, and of all others. */
export const MAX_PAGE = 50;
export const MAX_URLS_ASKED = 50;
export const MAX_EVENT_CONFIGS_ASKED = 50;
export const MAX_PROVISIONED_CONFIGS_ASKED = 50;
export const MAX_LAYERS_ASKED = 50;
export const MAX_ITEMS_ASKED = 10_000;

/** CORS settings of a function URL. */
export const MAX_CORS_ITEMS = 100;
export const MAX_CORS_METHODS = 6;
export const MAX_CORS_HEADER = 1_024;
export const MAX_CORS_ORIGIN = 253;
export const MAX_CORS_AGE_SECONDS = 86_400;

/** A log line is cut at this length. */
export const MAX_LOG_LINE_BYTES = 65_536;
/** Functions of one control room, versions and aliases of one function. */
export const MAX_FUNCTIONS = 1_000;
export const MAX_VERSIONS = 1_000;
export const MAX_ALIASES = 100;
/** Layers of one function; layers of one control room, and versions of one of them. */
export const MAX_LAYERS_OF_FUNCTION = 5;
export const MAX_LAYERS = 1_000;
export const MAX_LAYER_VERSIONS = 1_000;
/** What a layer version says of itself: runtimes in its list, characters of its licence. */
export const MAX_COMPATIBLE_RUNTIMES = 15;
export const MAX_LICENSE_INFO = 512;
/** Characters of a layer's name, or of its ARN. */
export const MAX_LAYER_NAME = 140;
/** Tags of one function, and characters of a tag's key and value. */
export const MAX_TAGS = 50;
export const MAX_TAG_KEY = 128;
export const MAX_TAG_VALUE = 256;

/**
 * Queues, with Amazon SQS's quotas.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html and quotas-queues.html
 */
export const MAX_QUEUES = 1_000;
/** Largest message, its attributes included, and what `MaximumMessageSize` may ask for at least. */
export const MAX_MESSAGE_BYTES = 1_048_576;
export const MIN_MESSAGE_LIMIT_BYTES = 1_024;
/** Largest request about queues: the messages of a batch, escaped in JSON. */
export const MAX_QUEUE_REQUEST_BYTES = 8_388_608;
export const MAX_MESSAGE_ATTRIBUTES = 10;
export const MAX_MESSAGE_ATTRIBUTE_NAME = 256;
/** Messages in one receive, and entries in one batch. */
export const MAX_MESSAGES_RECEIVED = 10;
export const MAX_BATCH_ENTRIES = 10;
export const MAX_WAIT_SECONDS = 20;
export const MAX_DELAY_SECONDS = 900;
export const MAX_VISIBILITY_SECONDS = 43_200;
export const MIN_RETENTION_SECONDS = 60;
export const MAX_RETENTION_SECONDS = 1_209_600;
/** `maxReceiveCount` of a redrive policy. */
export const MAX_RECEIVES = 1_000;
/** A queue is purged once in this time. */
export const PURGE_REST_SECONDS = 60;
/** Queues in one page of a list, which is also the most that `MaxResults` may ask for. */
export const MAX_QUEUES_LISTED = 1_000;

/**
 * Event source mappings of queues.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export const MAX_EVENT_SOURCES = 1_000;
export const MAX_BATCH = 10_000;
/** A larger batch than this needs a window of at least a second. */
export const MAX_BATCH_WITHOUT_WINDOW = 10;
export const MAX_BATCH_WINDOW_SECONDS = 300;
/** Batches of one mapping that are processed at a time, unless it says so itself within AWS's bounds. */
export const BATCHES_AT_A_TIME = 10;
export const MIN_BATCHES_ASKED = 2;
export const MAX_BATCHES_ASKED = 1_000;
/** Patterns of one mapping, and characters of a pattern. */
export const MAX_FILTERS = 10;
export const MAX_FILTER = 4_096;

/** Largest payload of an event. Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_EVENT_BYTES = 1_048_576;
/** How often and how long an event is tried; the defaults are also the most that a configuration may say. */
export const DEFAULT_EVENT_RETRIES = 2;
export const DEFAULT_EVENT_AGE_SECONDS = 21_600;
export const MIN_EVENT_AGE_SECONDS = 60;
export const FIRST_EVENT_RETRY_MS = 60_000;
export const LATER_EVENT_RETRY_MS = 120_000;
export const MIN_EVENT_BACKOFF_MS = 1_000;
export const MAX_EVENT_BACKOFF_MS = 300_000;
/** Events of all functions that run at a time; of one function, as many as a version has execution environments. */
export const MAX_EVENTS_RUNNING = 100;
/** Characters of a trace header; AWS's have a tenth of that. */
export const MAX_TRACE_HEADER = 2_048;
/** Characters of a client context in base64. Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export const MAX_CLIENT_CONTEXT = 3_583;
/** So often a function may be invoked in one chain of invocations and messages. Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html */
export const MAX_RECURSIONS = 16;
/** Of a chain's functions, those that were invoked last are counted. */
export const MAX_FUNCTIONS_IN_LINEAGE = 32;
/** Of the error message that goes with a dead letter. */
export const MAX_DEAD_LETTER_ERROR_BYTES = 1_024;
