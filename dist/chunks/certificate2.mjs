import { a as readCertificateFile, i as parseCertificate, n as isSignedBy, r as nameOf, t as certificateIdentity } from "./certificate.mjs";

export { certificateIdentity, parseCertificate, readCertificateFile };