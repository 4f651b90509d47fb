// Package demo fills a store with 90 days of a lifelike support organisation, and keeps a little live
// traffic going, so that everything can be seen and tried before the first real customer is asked.
// All of it is invented; a seed makes the same people each time.
package demo

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// team is one of the organisation's teams with what its customers come for.
type team struct {
	name     string
	agents   []string
	subjects []string
	// base is how content its customers are on the whole, wait its usual wait in seconds.
	base, wait float64
}

func teams() []team {
	return []team{
		{"Billing", []string{"Sam Okoro", "Ivy Brandt", "Jonas Weber", "Priya Nair", "Lucia Romero", "Tom Hale"},
			[]string{"Refund not received", "Charged twice", "Invoice question", "Change payment method", "Cancel subscription"}, 0.62, 240},
		{"Technical", []string{"Mei Tanaka", "Omar Haddad", "Greta Lund", "Paul Novak", "Aisha Bello", "Marco Conti", "Elena Petrova"},
			[]string{"No connection", "App crashes", "Router setup", "Slow at night", "Error after update"}, 0.55, 420},
		{"Delivery", []string{"Ben Carter", "Sofie Jansen", "Diego Alvarez", "Hanna Virtanen", "Yusuf Kaya", "Chloe Martin"},
			[]string{"Where is my parcel", "Delivered damaged", "Change delivery date", "Wrong item", "Return label"}, 0.58, 310},
		{"Accounts", []string{"Nora Quinn", "Leo Fischer", "Amira Saleh", "Joao Pereira", "Grace Kim", "Victor Ionescu"},
			[]string{"Cannot sign in", "Change address", "Close account", "Data request", "Add a family member"}, 0.68, 180},
	}
}

// incident is the bad fortnight of one team, in days before now.
var incident = struct {
	team     string
	from, to int
	harm     float64
}{"Delivery", 38, 26, 0.34}

// lands are where customers come from, with their share in percent, locale, zone and names.
type land struct {
	share        int
	locale, zone string
	first, last  []string
}

func lands() []land {
	return []land{
		{52, "en", "Europe/London", strings.Fields("Mara Oliver Emma Jack Amelia Noah Isla George Ava Leo Freya Arthur Ella Harry Ruby Theo Zara Finn Maya Owen"), strings.Fields("Lind Smith Patel Jones Walker Evans Hughes Khan Green Baker Ward Turner Cooper Reed Bailey Morgan Shaw Price Grant Murray")},
		{16, "de", "Europe/Berlin", strings.Fields("Anna Lukas Lena Felix Marie Jan Laura Max Julia Tim Sarah Nico Clara Paul Emilia"), strings.Fields("Schmidt Becker Wagner Hoffmann Koch Richter Wolf Neumann Braun Vogel Frank Keller")},
		{10, "fr", "Europe/Paris", strings.Fields("Camille Louis Manon Hugo Chloé Jules Léa Arthur Inès Gabriel Zoé Paul"), strings.Fields("Moreau Laurent Simon Michel Garnier Roux Fontaine Chevalier Blanc Guerin")},
		{8, "es", "Europe/Madrid", strings.Fields("Lucía Hugo Martina Pablo Sofía Álvaro Carmen Diego Elena Javier"), strings.Fields("García Fernández López Sánchez Ruiz Torres Navarro Ortega Molina Vega")},
		{4, "pt", "Europe/Lisbon", strings.Fields("Inês Tiago Beatriz Rui Marta Nuno"), strings.Fields("Silva Santos Ferreira Costa Almeida Rocha")},
		{4, "it", "Europe/Rome", strings.Fields("Giulia Lorenzo Chiara Matteo Alice Davide"), strings.Fields("Rossi Bianchi Greco Marino Gallo Fontana")},
		{4, "nl", "Europe/Amsterdam", strings.Fields("Sanne Daan Lotte Bram Fleur Thijs"), []string{"de Vries", "Bakker", "Visser", "Smit", "Mulder", "de Boer"}},
		{2, "ar", "Asia/Dubai", []string{"ليلى", "عمر", "سارة", "خالد", "نور"}, []string{"الحسن", "منصور", "العلي", "حداد"}},
	}
}

// remark is a comment that somebody could write.
type remark struct {
	language string
	mood     int // 2 delighted .. -2 angry
	team     string
	text     string
}

//go:embed comments.tsv
var commentFile string

// remarks reads the comments, grouped by language and mood.
func remarks() (map[string]map[int][]remark, error) {
	out := map[string]map[int][]remark{}
	for i, line := range strings.Split(strings.TrimSpace(commentFile), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			return nil, fmt.Errorf("comments.tsv:%d: want four columns, got %d", i+1, len(f))
		}
		mood, err := strconv.Atoi(f[1])
		if err != nil {
			return nil, fmt.Errorf("comments.tsv:%d: mood %q is not a number", i+1, f[1])
		}
		if out[f[0]] == nil {
			out[f[0]] = map[int][]remark{}
		}
		out[f[0]][mood] = append(out[f[0]][mood], remark{f[0], mood, f[2], f[3]})
	}
	return out, nil
}
