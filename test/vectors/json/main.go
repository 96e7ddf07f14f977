// Writes what Go's encoding/json makes of documents made to mislead: `go run main.go fold > go-fold.txt`,
// `go run main.go documents > go-documents.json`. See PROVENANCE.md.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"unicode"
)

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Platform    *platform         `json:"platform,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

// The members of image-spec's Manifest and Index that say what is fetched.
type manifest struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType,omitempty"`
	Config        *descriptor  `json:"config,omitempty"`
	Layers        []descriptor `json:"layers,omitempty"`
	Manifests     []descriptor `json:"manifests,omitempty"`
	Subject       *descriptor  `json:"subject,omitempty"`
}

// As in secure-systems-lab's dsse package.
type envelope struct {
	PayloadType string `json:"payloadType"`
	Payload     string `json:"payload"`
	Signatures  []struct {
		KeyID string `json:"keyid"`
		Sig   string `json:"sig"`
	} `json:"signatures"`
}

// As in sif's integrity package.
type metadata struct {
	Version int `json:"version"`
	Header  struct {
		Digest string `json:"digest"`
	} `json:"header"`
	Objects []struct {
		RelativeID       uint32 `json:"relativeId"`
		DescriptorDigest string `json:"descriptorDigest"`
		ObjectDigest     string `json:"objectDigest"`
	} `json:"objects"`
}

const (
	goodDigest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	evilDigest = "sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
	good       = `{"mediaType":"m","digest":"` + goodDigest + `","size":1}`
	evil       = `{"mediaType":"m","digest":"` + evilDigest + `","size":1}`
	head       = `"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":` + good
	indexHead  = `"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json"`
	hex        = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
)

func withLayer(members string) string {
	return `{` + head + `,"layers":[{"mediaType":"m","digest":"` + goodDigest + `","size":1` + members + `}]}`
}

func withObject(members string) string {
	return `{"version":1,"header":{"digest":"sha256:` + hex + `"},"objects":[{"relativeId":0,"descriptorDigest":"sha256:` + hex + `","objectDigest":"sha256:` + hex + `"` + members + `}]}`
}

var documents = []struct{ Kind, Name, Text string }{
	{"manifest", "plain", `{` + head + `,"layers":[` + good + `]}`},
	{"manifest", "layers in capitals after", `{` + head + `,"layers":[` + good + `],"LAYERS":[` + evil + `]}`},
	{"manifest", "layers in capitals before", `{` + head + `,"Layers":[` + evil + `],"layers":[` + good + `]}`},
	{"manifest", "long s", `{` + head + `,"layers":[` + good + `],"layer\u017f":[` + evil + `]}`},
	{"manifest", "long s as bytes", `{` + head + `,"layers":[` + good + `],"layerſ":[` + evil + `]}`},
	{"manifest", "layers twice", `{` + head + `,"layers":[` + good + `],"layers":[` + evil + `]}`},
	{"manifest", "layers twice by an escape", `{` + head + `,"layers":[` + good + `],"\u006cayers":[` + evil + `]}`},
	{"manifest", "only in another case", `{` + head + `,"Layers":[` + evil + `]}`},
	{"manifest", "layers taken away by null", `{` + head + `,"layers":[` + good + `],"Layers":null}`},
	{"manifest", "a capital digest", withLayer(`,"Digest":"` + evilDigest + `"`)},
	{"manifest", "a capital digest with an escape", withLayer(`,"\u0044igest":"` + evilDigest + `"`)},
	{"manifest", "a capital size", withLayer(`,"SIZE":7`)},
	{"manifest", "long s in size", withLayer(`,"\u017fize":7`)},
	{"manifest", "another media type", withLayer(`,"mediatype":"evil"`)},
	{"manifest", "a dotless i is another letter", withLayer(`,"d\u0131gest":"` + evilDigest + `"`)},
	{"manifest", "a capital i with dot is another letter", withLayer(`,"d\u0130gest":"` + evilDigest + `"`)},
	{"manifest", "a full-width letter is another letter", `{` + head + `,"layers":[` + good + `],"\uff4cayers":[` + evil + `]}`},
	{"manifest", "a zero-width space is a character", `{` + head + `,"layers":[` + good + `],"layers\u200b":[` + evil + `]}`},
	{"manifest", "capital annotations", withLayer(`,"annotations":{"a":"good"},"Annotations":{"a":"evil"}`)},
	{"manifest", "annotations in two cases are two", withLayer(`,"annotations":{"a":"good","A":"evil"}`)},
	{"manifest", "an annotation twice", withLayer(`,"annotations":{"a":"good","a":"evil"}`)},
	{"manifest", "halves of surrogate pairs", withLayer(`,"annotations":{"a":"x\ud800"}`)},
	{"manifest", "names of halves of surrogate pairs", withLayer(`,"annotations":{"a\ud800":"good","a\udc00":"evil"}`)},
	{"manifest", "a byte that is no UTF-8", withLayer(",\"annotations\":{\"a\":\"x\xff\"}")},
	{"manifest", "a size with a fraction", `{` + head + `,"layers":[{"mediaType":"m","digest":"` + goodDigest + `","size":1.0}]}`},
	{"manifest", "a size with an exponent", `{` + head + `,"layers":[{"mediaType":"m","digest":"` + goodDigest + `","size":1e0}]}`},
	{"manifest", "a size beyond exact numbers", `{` + head + `,"layers":[{"mediaType":"m","digest":"` + goodDigest + `","size":9007199254740993}]}`},
	{"manifest", "a size that is null", `{` + head + `,"layers":[{"mediaType":"m","digest":"` + goodDigest + `","size":null}]}`},
	{"manifest", "a second document", `{` + head + `,"layers":[` + good + `]}{` + head + `,"layers":[` + evil + `]}`},
	{"manifest", "a byte order mark", "\ufeff{" + head + `,"layers":[` + good + `]}`},
	{"manifest", "a capital config", `{` + head + `,"layers":[` + good + `],"CONFIG":` + evil + `}`},
	{"manifest", "a capital subject", `{` + head + `,"layers":[` + good + `],"subject":` + good + `,"Subject":` + evil + `}`},
	{"manifest", "long s in subject", `{` + head + `,"layers":[` + good + `],"\u017fubject":` + evil + `}`},
	{"manifest", "also an index", `{` + head + `,"layers":[` + good + `],"Manifests":[` + evil + `]}`},
	{"manifest", "another schema version", `{` + head + `,"SchemaVersion":1,"layers":[` + good + `]}`},
	{"manifest", "another media type of its own", `{` + head + `,"MediaType":"application/vnd.oci.image.index.v1+json","layers":[` + good + `]}`},
	{"index", "plain", `{` + indexHead + `,"manifests":[` + good + `]}`},
	{"index", "manifests in capitals", `{` + indexHead + `,"manifests":[` + good + `],"MANIFESTS":[` + evil + `]}`},
	{"index", "long s", `{` + indexHead + `,"manifests":[` + good + `],"manife\u017fts":[` + evil + `]}`},
	{"index", "manifests twice", `{` + indexHead + `,"manifests":[` + good + `],"manifests":[` + evil + `]}`},
	{"index", "a capital digest", `{` + indexHead + `,"manifests":[{"mediaType":"m","digest":"` + goodDigest + `","size":1,"DIGEST":"` + evilDigest + `"}]}`},
	{"index", "another platform", `{` + indexHead + `,"manifests":[{"mediaType":"m","digest":"` + goodDigest + `","size":1,"platform":{"os":"linux","architecture":"amd64","OS":"windows"}}]}`},
	{"index", "a second platform", `{` + indexHead + `,"manifests":[{"mediaType":"m","digest":"` + goodDigest + `","size":1,"platform":{"os":"linux","architecture":"amd64"},"Platform":{"os":"linux","architecture":"arm64"}}]}`},
	{"envelope", "plain", `{"payloadType":"t","payload":"Z29vZA==","signatures":[{"keyid":"k","sig":"AQID"}]}`},
	{"envelope", "another payload", `{"payloadType":"t","payload":"Z29vZA==","Payload":"ZXZpbA==","signatures":[{"sig":"AQID"}]}`},
	{"envelope", "another payload type", `{"payloadType":"t","PAYLOADTYPE":"evil","payload":"Z29vZA==","signatures":[{"sig":"AQID"}]}`},
	{"envelope", "the Kelvin sign", `{"payloadType":"t","payload":"Z29vZA==","signatures":[{"keyid":"k","\u212aeyid":"evil","sig":"AQID"}]}`},
	{"envelope", "long s in sig", `{"payloadType":"t","payload":"Z29vZA==","signatures":[{"sig":"AQID","\u017fig":"BAUG"}]}`},
	{"envelope", "other signatures", `{"payloadType":"t","payload":"Z29vZA==","signatures":[{"sig":"AQID"}],"Signatures":[{"sig":"BAUG"}]}`},
	{"envelope", "only in another case", `{"PayloadType":"t","Payload":"Z29vZA==","Signatures":[{"Sig":"AQID"}]}`},
	{"metadata", "plain", withObject("")},
	{"metadata", "another digest", withObject(`,"ObjectDigest":"sha256:` + evilDigest[7:] + `"`)},
	{"metadata", "another relative ID", withObject(`,"relativeID":1`)},
	{"metadata", "other objects", `{"version":1,"header":{"digest":"sha256:` + hex + `"},"objects":[],"object\u017f":[{"relativeId":0,"descriptorDigest":"sha256:` + hex + `","objectDigest":"sha256:` + hex + `"}]}`},
	{"metadata", "another version", `{"version":1,"Version":2,"header":{"digest":"sha256:` + hex + `"},"objects":[]}`},
	{"metadata", "only in another case", `{"Version":1,"Header":{"Digest":"sha256:` + hex + `"},"Objects":[]}`},
}

type row struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Bytes []byte `json:"bytes"`
	// What Go read; null when it refused.
	Go any `json:"go"`
}

func read(kind string, text string) any {
	var value any
	switch kind {
	case "manifest", "index":
		value = &manifest{}
	case "envelope":
		value = &envelope{}
	default:
		value = &metadata{}
	}
	if json.Unmarshal([]byte(text), value) != nil {
		return nil
	}
	return value
}

func foldRune(r rune) rune {
	for {
		r2 := unicode.SimpleFold(r)
		if r2 <= r {
			return r2
		}
		r = r2
	}
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "fold" {
		fmt.Printf("# unicode %s\n", unicode.Version)
		for r := rune(0x80); r <= unicode.MaxRune; r++ {
			if f := foldRune(r); f != r {
				fmt.Printf("%X %X\n", r, f)
			}
		}
		return
	}
	rows := []row{}
	for _, d := range documents {
		rows = append(rows, row{d.Kind, d.Name, []byte(d.Text), read(d.Kind, d.Text)})
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(rows); err != nil {
		panic(err)
	}
	os.Stdout.Write(out.Bytes())
}
