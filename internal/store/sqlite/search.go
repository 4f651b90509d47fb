package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"hash/fnv"
	"math"
	"strconv"
	"strings"

	"earshot/internal/feedback"
	"earshot/internal/store"
)

// search keeps the words of comments beside their rows, in the same transaction, and finds rows by them.
type search struct {
	known, claim, reprint, drop, put, cut, same *sql.Stmt // the writer's
	matching, recent                            *sql.Stmt
}

// nrBits tell comments of one millisecond apart.
const nrBits = 21

func newSearch(p *preparer) *search {
	columns := "c.nr, r." + strings.ReplaceAll(rowColumns, ", ", ", r.")
	from := " JOIN responses r ON r.id = c.id WHERE "
	return &search{
		known:    p.write("SELECT nr, print FROM comments WHERE id = ?"),
		claim:    p.write("INSERT INTO comments (nr, id, print) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"),
		reprint:  p.write("UPDATE comments SET print = ? WHERE nr = ?"),
		drop:     p.write("DELETE FROM comments WHERE nr = ?"),
		put:      p.write("INSERT OR REPLACE INTO words (rowid, tokens) VALUES (?, ?)"),
		cut:      p.write("DELETE FROM words WHERE rowid = ?"),
		same:     p.write("SELECT rev FROM responses WHERE id = ?"),
		matching: p.read("SELECT " + columns + " FROM words w CROSS JOIN comments c ON c.nr = w.rowid" + from + "w.words MATCH :words AND w.rowid BETWEEN :first AND :last ORDER BY w.rowid DESC LIMIT :limit"),
		recent:   p.read("SELECT " + columns + " FROM comments c CROSS" + from + "c.nr BETWEEN :first AND :last ORDER BY c.nr DESC LIMIT :limit"),
	}
}

// beside returns what writing a response writes into the search, nil for nothing. A response without
// words that never had any is left alone, so that most writes cost nothing here.
func (s *search) beside(r *feedback.Response) func() error {
	if !r.Analysed && r.Comment != "" { // what was understood before stays until it is understood anew
		return nil
	}
	tokens := store.Tokens(r)
	if len(tokens) == 0 {
		if !r.CommentErased && len(r.Versions) == 0 {
			return nil
		}
		return func() error { return s.remove(r.ID) }
	}
	text, id, first := strings.Join(tokens, " "), r.ID, firstNr(r)
	print := fingerprint(text)
	return func() error { return s.write(id, first, print, text) }
}

// firstNr is the number that a response gets, or the next free one after it.
func firstNr(r *feedback.Response) int64 {
	return millis(r.AnsweredAt)<<nrBits | fingerprint(r.ID)&(1<<nrBits-1)
}

func fingerprint(text string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text))
	return int64(h.Sum64() & math.MaxInt64) // #nosec G115 -- masked to 63 bits
}

// write feeds the words of a response once; the same words again cost one look. It runs in the
// writer's transaction.
func (s *search) write(id string, nr, print int64, text string) error {
	ctx := context.Background()
	var was int64
	err := s.known.QueryRowContext(ctx, id).Scan(&nr, &was)
	switch {
	case err == nil && was == print:
		return nil
	case err == nil:
		if _, err := s.reprint.ExecContext(ctx, print, nr); err != nil {
			return err
		}
	case errors.Is(err, sql.ErrNoRows):
		for taken := errors.New("taken"); ; nr++ {
			err := affect(s.claim, taken, []any{nr, id, print})
			if err == nil {
				break
			}
			if !errors.Is(err, taken) {
				return err
			}
		}
	default:
		return err
	}
	_, err = s.put.ExecContext(ctx, nr, text)
	return err
}

// remove takes a response out of the search.
func (s *search) remove(id string) error {
	ctx := context.Background()
	var nr, print int64
	err := s.known.QueryRowContext(ctx, id).Scan(&nr, &print)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := s.cut.ExecContext(ctx, nr); err != nil {
		return err
	}
	_, err = s.drop.ExecContext(ctx, nr)
	return err
}

// Index brings the search up to rows that were written before there was one.
func (t *responses) Index(ctx context.Context, rows []*feedback.Response) error {
	err := t.w.do(ctx, func() error {
		for _, r := range rows {
			var rev int64
			err := t.search.same.QueryRowContext(context.Background(), r.ID).Scan(&rev)
			if write := t.search.beside(r); err == nil && rev == r.Rev && write != nil {
				err = write()
			}
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		return nil
	})
	return failure(ctx, "index responses", err)
}

// Search returns responses by words and properties, newest first.
func (t *responses) Search(ctx context.Context, f store.SearchFilter, p store.Page) (store.List[feedback.Response], error) {
	out, err := t.find(ctx, f, p)
	return out, failure(ctx, "search responses", err)
}

func (t *responses) find(ctx context.Context, f store.SearchFilter, p store.Page) (out store.List[feedback.Response], err error) {
	lo, hi := span(f.From, f.To)
	lo, hi = max(lo, 0)<<nrBits, min(hi, math.MaxInt64>>nrBits)<<nrBits|(1<<nrBits-1)
	if p.After != "" {
		c, err := store.ParseCursor(p.After)
		if err != nil {
			return out, err
		}
		nr, err := strconv.ParseInt(c.ID, 10, 64)
		if err != nil {
			return out, store.ErrCursor
		}
		hi = min(hi, nr-1)
	}
	limit := p.Bound()
	args := []any{sql.Named("first", lo), sql.Named("last", hi), sql.Named("limit", limit+1)}
	stmt := t.search.recent
	if words := match(f.Clauses()); words != "" {
		stmt, args = t.search.matching, append(args, sql.Named("words", words))
	}
	var last int64
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if len(out.Items) == limit {
			out.Next = store.Cursor{ID: strconv.FormatInt(last, 10)}.String()
			return out, nil
		}
		row, err := t.scan(numbered{rows, &last})
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, row)
	}
	return out, rows.Err()
}

// numbered reads a row whose columns follow its number.
type numbered struct {
	rows *sql.Rows
	nr   *int64
}

// Scan implements scanner.
func (n numbered) Scan(to ...any) error { return n.rows.Scan(append([]any{n.nr}, to...)...) }

// match writes clauses in FTS5's language (https://sqlite.org/fts5.html#full_text_query_syntax). A token
// has letters, digits and a colon, so nothing in it needs escaping between quotes.
func match(clauses []store.Clause) string {
	var all []string
	for _, c := range clauses {
		var any []string
		for _, token := range c.Any {
			token = `"` + token + `"`
			if c.Prefix {
				token += " *"
			}
			any = append(any, token)
		}
		all = append(all, "("+strings.Join(any, " OR ")+")")
	}
	return strings.Join(all, " AND ")
}
