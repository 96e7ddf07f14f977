import { i as listPage, n as LIST_FILE, r as exportList, t as KEYS_FILE } from "./files4.mjs";

export { exportList, listPage };