import { a as timeoutError, i as networkError, n as NetworkError, r as isPassingNetworkError, t as NETWORK_CODES } from "./errors14.mjs";

export { NetworkError };