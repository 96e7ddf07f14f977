import { n as readChallenge, r as readToken, t as AUDIENCE } from "./token3.mjs";

export { AUDIENCE, readToken };