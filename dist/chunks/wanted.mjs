import { i as wantedText, n as keyPem, r as wantedSummaries, t as SUMMARY_TYPE } from "./wanted2.mjs";

export { wantedSummaries };