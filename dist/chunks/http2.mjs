import { t as createHttpClient } from "./http.mjs";

export { createHttpClient };