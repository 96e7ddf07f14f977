import { a as parseCertificate, c as sameSubjectAndKey, i as nameOf, n as certificateReason, o as readCertificateFile, r as isSignedBy, s as readScheme, t as certificateIdentity } from "./certificate.mjs";

export { certificateIdentity, parseCertificate, readCertificateFile };