package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"
)

//go:embed pages/*.html pages/*.yaml pages/words/*.yaml static openapi.json
var embedded embed.FS

// assets are the files under static/, each at one exact address that contains its content's hash, so
// that browsers may keep it for ever.
type assets struct {
	byURL map[string]asset
	urls  map[string]string // name under static/ → address
	text  map[string]string // name under static/ → content
}

type asset struct {
	kind         string
	body, zipped []byte
}

// assetKind is the media type of a file that may be served, "" for any other.
func assetKind(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return ""
}

func loadAssets(fsys fs.FS) (*assets, error) {
	out := &assets{byURL: map[string]asset{}, urls: map[string]string{}, text: map[string]string{}}
	err := fs.WalkDir(fsys, "static", func(p string, d fs.DirEntry, err error) error {
		kind := assetKind(p)
		if err != nil || d.IsDir() || kind == "" {
			return err
		}
		body, err := fs.ReadFile(fsys, p)
		if err != nil {
			return fmt.Errorf("read asset: %w", err)
		}
		name := strings.TrimPrefix(p, "static/")
		sum := sha256.Sum256(body)
		ext := path.Ext(name)
		url := "/static/" + strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:5]) + ext
		out.byURL[url] = asset{kind: kind, body: body, zipped: zip(body)}
		out.urls[name], out.text[name] = url, string(body)
		return nil
	})
	return out, err
}

func zip(body []byte) []byte {
	var buf bytes.Buffer
	w, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression) // the level is valid, so the error is nil
	_, _ = w.Write(body)                                    // a bytes.Buffer takes everything
	_ = w.Close()
	if buf.Len() >= len(body) {
		return nil
	}
	return buf.Bytes()
}

// url is the address of a file under static/, for templates; an unknown name stops the page.
func (a *assets) url(name string) (string, error) {
	if u, ok := a.urls[name]; ok {
		return u, nil
	}
	return "", fmt.Errorf("there is no file static/%s", name)
}

// GET /static/*: one exact-name lookup, no file system.
func (a *app) asset(c *fiber.Ctx) error {
	f, ok := a.assets.byURL[c.Path()]
	if !ok {
		return notFound("There is no such file.")
	}
	c.Set(fiber.HeaderContentType, f.kind)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if f.zipped != nil && strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(f.zipped)
	}
	return c.Send(f.body)
}
