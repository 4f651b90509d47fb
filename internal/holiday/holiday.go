// Package holiday knows the public holidays of 36 countries by time zone, so that nobody is written to
// on a day of rest: Argentina, Australia (by state), Austria, Belgium, Brazil, Bulgaria, Canada, Croatia,
// Czechia, Denmark, France, Germany, Greece, Ireland, Italy, Japan, Latvia, Lithuania, Malawi, the
// Netherlands, New Caledonia, New Zealand, Norway, Poland, Portugal, Romania, Russia, Slovakia, Slovenia,
// South Africa, Spain, Sweden, Switzerland, Ukraine, the United Kingdom and the United States.
//
// A time zone tells the country, never the province: the days are those of the whole country (in
// Switzerland those of any canton), with the days on which a holiday at a weekend is made up for.
// Elsewhere, and under UTC, there are no holidays. The rules are those of github.com/rickar/cal.
package holiday

import (
	_ "embed"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/ar"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/mw"
	"github.com/rickar/cal/v2/nc"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/ru"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/ua"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"
)

// zones.tsv names the country of each time zone, one to a line: zone, tab, country.
//
//go:embed zones.tsv
var zones string

// Calendar tells holidays. It is safe for concurrent use.
type Calendar struct {
	byZone map[string]*cal.Calendar
}

// New returns the calendar of all countries.
func New() *Calendar {
	byCountry := map[string]*cal.Calendar{}
	for country, days := range countries() {
		c := &cal.Calendar{} // not Cacheable: its cache is not made for several goroutines
		c.AddHoliday(days...)
		byCountry[country] = c
	}
	out := &Calendar{byZone: map[string]*cal.Calendar{}}
	for line := range strings.Lines(zones) {
		zone, country, ok := strings.Cut(strings.TrimSpace(line), "\t")
		if ok && byCountry[country] != nil {
			out.byZone[zone] = byCountry[country]
		}
	}
	return out
}

// On returns the name of the holiday on t's day, on the clock and in the country of t's time zone;
// empty when it is none.
func (c *Calendar) On(t time.Time) string {
	days := c.byZone[t.Location().String()]
	if days == nil {
		return ""
	}
	actual, observed, day := days.IsHoliday(t)
	if !actual && !observed {
		return ""
	}
	return day.Name
}

func countries() map[string][]*cal.Holiday {
	return map[string][]*cal.Holiday{
		"AR": ar.Holidays, "AT": at.Holidays, "BE": be.Holidays, "BG": bg.Holidays, "BR": br.Holidays, "CA": ca.Holidays,
		"CH": ch.Holidays, "CZ": cz.Holidays, "DE": de.Holidays, "DK": dk.Holidays, "ES": es.Holidays, "FR": fr.Holidays,
		"GB": gb.Holidays, "GR": gr.Holidays, "HR": hr.Holidays, "IE": ie.Holidays, "IT": it.Holidays, "JP": jp.Holidays,
		"LT": lt.Holidays, "LV": lv.Holidays, "MW": mw.Holidays, "NC": nc.Holidays, "NL": nl.Holidays, "NO": no.Holidays,
		"NZ": nz.Holidays, "PL": pl.Holidays, "PT": portugal(), "RO": ro.Holidays, "RU": ru.Holidays, "SE": se.Holidays,
		"SI": si.Holidays, "SK": sk.Holidays, "UA": ua.Holidays, "US": us.Holidays, "ZA": za.Holidays,
		"AU-ACT": au.HolidaysACT, "AU-NSW": au.HolidaysNSW, "AU-NT": au.HolidaysNT, "AU-QLD": au.HolidaysQLD,
		"AU-SA": au.HolidaysSA, "AU-TAS": au.HolidaysTAS, "AU-VIC": au.HolidaysVIC, "AU-WA": au.HolidaysWA,
	}
}

// portugal's days of Código do Trabalho, article 234.
func portugal() []*cal.Holiday {
	fixed := func(name string, month time.Month, day int) *cal.Holiday {
		return &cal.Holiday{Name: name, Month: month, Day: day, Func: cal.CalcDayOfMonth}
	}
	return []*cal.Holiday{
		aa.NewYear.Clone(&cal.Holiday{Name: "Ano Novo"}),
		aa.GoodFriday.Clone(&cal.Holiday{Name: "Sexta-feira Santa"}),
		aa.Easter.Clone(&cal.Holiday{Name: "Domingo de Páscoa"}),
		fixed("Dia da Liberdade", time.April, 25),
		aa.WorkersDay.Clone(&cal.Holiday{Name: "Dia do Trabalhador"}),
		aa.CorpusChristi.Clone(&cal.Holiday{Name: "Corpo de Deus"}),
		fixed("Dia de Portugal", time.June, 10),
		aa.AssumptionOfMary.Clone(&cal.Holiday{Name: "Assunção de Nossa Senhora"}),
		fixed("Implantação da República", time.October, 5),
		aa.AllSaintsDay.Clone(&cal.Holiday{Name: "Todos os Santos"}),
		fixed("Restauração da Independência", time.December, 1),
		aa.ImmaculateConception.Clone(&cal.Holiday{Name: "Imaculada Conceição"}),
		aa.ChristmasDay.Clone(&cal.Holiday{Name: "Natal"}),
	}
}
