#!/bin/sh
# Makes every file in this folder anew, with GnuPG and OpenSSL alone. See PROVENANCE.md.
set -eu
cd "$(dirname "$0")"
export LC_ALL=C
GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'gpgconf --kill all 2>/dev/null; rm -rf "$GNUPGHOME"' EXIT
PASS='correct horse'
quiet() { gpg --batch --yes --quiet --pinentry-mode loopback "$@" 2>/dev/null; }
fpr() { gpg --batch --with-colons --list-keys "$1" | awk -F: '$1=="fpr"{print $10; exit}'; }
rm -rf pgp x509 keys; mkdir pgp x509 keys
printf '%s' '{"version":1,"header":{"digest":"sha256:00"},"objects":[]}' > message.json

# OpenPGP keys of every kind, each with its public and secret export and a cleartext and a detached signature.
new() { # name passphrase algorithm usage expiry
  quiet --passphrase "$2" --faked-system-time 20261101T000000 --quick-generate-key "$1 <$1@example.org>" "$3" "$4" "$5"
}
export_key() { # name passphrase
  quiet --armor --export "$1@" > "pgp/$1.pub.asc"
  quiet --passphrase "$2" --armor --export-secret-keys "$1@" > "pgp/$1.sec.asc"
}
sign_message() { # name passphrase [options]
  name=$1; pass=$2; shift 2
  quiet --passphrase "$pass" --faked-system-time 20261102T000000 -u "$name@" "$@" --clearsign -o "pgp/$name.clear" message.json
  quiet --passphrase "$pass" --faked-system-time 20261102T000000 -u "$name@" "$@" --detach-sign -o "pgp/$name.sig" message.json
}
for algorithm in rsa3072 ed25519 nistp256 nistp384 nistp521; do
  new "$algorithm" "$PASS" "$algorithm" sign never
  export_key "$algorithm" "$PASS"
  sign_message "$algorithm" "$PASS"
done
new plain '' ed25519 sign never
export_key plain ''
sign_message plain ''
cp pgp/plain.clear pgp/plain-nohash.clear
sed -i '/^Hash:/d' pgp/plain-nohash.clear
quiet --passphrase '' --export-secret-keys plain@ > pgp/plain.sec.bin

# A certify-only primary key with a signing subkey, whole, and without the primary secret.
new subkey "$PASS" ed25519 cert never
quiet --passphrase "$PASS" --faked-system-time 20261101T000000 --quick-add-key "$(fpr subkey@)" ed25519 sign never
export_key subkey "$PASS"
quiet --passphrase "$PASS" --armor --export-secret-subkeys subkey@ > pgp/subkey-stub.sec.asc
sign_message subkey "$PASS"
new certonly '' ed25519 cert never
export_key certonly ''

# An expired key (signed while it was valid), a revoked key, a key that expires in 2090.
new expired '' ed25519 sign 20261110T000000
export_key expired ''
sign_message expired ''
new revoked '' ed25519 sign never
sign_message revoked ''
sed 's/^:---/---/' "$GNUPGHOME/openpgp-revocs.d/$(fpr revoked@).rev" | quiet --import
export_key revoked ''

# Algorithms that are not supported: their signatures say nothing, and nobody signs with them.
for algorithm in brainpoolP256r1 secp256k1 rsa1024 dsa2048; do
  new "$algorithm" '' "$algorithm" sign never
  export_key "$algorithm" ''
  sign_message "$algorithm" ''
done

# Hashes and signature times that must be refused.
sign_weak() { # suffix options
  suffix=$1; shift
  quiet --passphrase '' --faked-system-time 20261102T000000 -u plain@ "$@" --clearsign -o "pgp/plain-$suffix.clear" message.json
}
sign_weak sha1 --digest-algo SHA1
quiet --passphrase "$PASS" --faked-system-time 20261102T000000 -u rsa3072@ --digest-algo SHA224 --clearsign -o pgp/rsa3072-sha224.clear message.json
sign_weak sha512 --digest-algo SHA512
sign_weak expiring --default-sig-expire 20261103T000000
quiet --passphrase '' --faked-system-time 20901102T000000 -u plain@ --clearsign -o pgp/plain-future.clear message.json

# Two signers in one object, and two secret keys in one file.
quiet --passphrase '' --faked-system-time 20261102T000000 -u plain@ -u expired@ --clearsign -o pgp/two.clear message.json 2>/dev/null || true
cat pgp/plain.sec.asc pgp/certonly.sec.asc > pgp/two.sec.asc

# Bare keys in every container.
openssl ecparam -name prime256v1 -genkey -out keys/p256.sec1.pem
openssl pkcs8 -topk8 -nocrypt -in keys/p256.sec1.pem -out keys/p256.pem
openssl pkcs8 -topk8 -v2 aes-256-cbc -passout "pass:$PASS" -in keys/p256.sec1.pem -out keys/p256.enc.pem
openssl pkcs8 -topk8 -scrypt -passout "pass:$PASS" -in keys/p256.sec1.pem -out keys/p256.scrypt.pem
openssl ec -aes256 -passout "pass:$PASS" -in keys/p256.sec1.pem -out keys/p256.proctype.pem 2>/dev/null
openssl pkey -in keys/p256.pem -pubout -out keys/p256.pub
openssl pkey -in keys/p256.pem -pubout -outform DER -out keys/p256.pub.der
for curve in 384:secp384r1 521:secp521r1; do
  openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:${curve#*:}" -out "keys/p${curve%:*}.pem"
done
openssl genpkey -algorithm ED25519 -out keys/ed25519.pem
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out keys/rsa2048.pem 2>/dev/null
openssl rsa -traditional -in keys/rsa2048.pem -out keys/rsa2048.pkcs1.pem 2>/dev/null
openssl rsa -in keys/rsa2048.pem -RSAPublicKey_out -out keys/rsa2048.pkcs1.pub 2>/dev/null
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out keys/rsa1024.pem 2>/dev/null
openssl ecparam -name secp256k1 -genkey -noout -out keys/secp256k1.pem
openssl genpkey -algorithm ED448 -out keys/ed448.pem
for name in p384 p521 ed25519 rsa2048; do openssl pkey -in "keys/$name.pem" -pubout -out "keys/$name.pub"; done
for name in p256 p384 p521 rsa2048; do openssl dgst -sha256 -sign "keys/$name.pem" -out "keys/$name.sha256.sig" message.json; done
openssl dgst -sha384 -sign keys/p384.pem -out keys/p384.sha384.sig message.json
openssl dgst -sha512 -sign keys/p521.pem -out keys/p521.sha512.sig message.json
openssl dgst -sha1 -sign keys/p256.pem -out keys/p256.sha1.sig message.json
openssl pkeyutl -sign -rawin -inkey keys/ed25519.pem -in message.json -out keys/ed25519.sig

# Certificates: roots and leaves of several kinds.
certify() { # name issuer subject options...
  name=$1; issuer=$2; subject=$3; shift 3
  openssl req -new -key keys/p256.pem -subj "$subject" -out x509/csr.tmp
  openssl x509 -req -in x509/csr.tmp -CA "x509/$issuer.pem" -CAkey "x509/$issuer.key" -set_serial "0x$(printf '%s' "$name" | sha256sum | cut -c1-16)" \
    -days 36500 -extfile x509/ext.tmp -out "x509/$name.pem" "$@" 2>/dev/null
}
root() { # name algorithm options...
  name=$1; shift
  openssl req -x509 -newkey "$@" -nodes -keyout "x509/$name.key" -out "x509/$name.pem" -subj "/O=Example/CN=$name" -days 36500 \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
}
LEAF='keyUsage=critical,digitalSignature
extendedKeyUsage=codeSigning
subjectAltName=email:release@example.org,URI:https://example.org/release,DNS:build.example.org,IP:192.0.2.7,IP:2001:db8::7'
root rsa rsa:2048
root p384 ec -pkeyopt ec_paramgen_curve:P-384
root ed25519 ed25519
root rsa1024 rsa:1024
printf '%s\n' "$LEAF" > x509/ext.tmp
certify leaf-rsa rsa '/C=DE/O=Example, Inc./OU=A\+B/CN= R\"e\"l\\\\ease/emailAddress=release@example.org'
certify leaf-p384 p384 /CN=release
certify leaf-ed25519 ed25519 /CN=release
certify leaf-weak rsa1024 /CN=release
certify leaf-sha1 rsa /CN=release -sha1
certify leaf-sha512 rsa /CN=release -sha512
certify leaf-pss rsa /CN=release -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sha256
rm -f x509/*.tmp x509/*.key
