import { i as readCertificateFile, n as isSignedBy, r as parseCertificate, t as certificateIdentity } from "./certificate.mjs";

export { certificateIdentity, parseCertificate, readCertificateFile };