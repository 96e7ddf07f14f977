import { i as proxyFromEnv, n as bypassesProxy, r as isLoopbackHost, t as Connections } from "./connect2.mjs";

export { proxyFromEnv };