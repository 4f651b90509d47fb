package export

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// maxSheet is how many rows a sheet holds; the table goes on in the next one.
const maxSheet = excelize.TotalRows

// xlsxSink writes a workbook. Rows go to a temporary file beside, because the parts of a workbook
// stand in an archive whose first entry speaks of the last.
type xlsxSink struct {
	to     io.Writer
	file   *excelize.File
	title  string
	names  []string
	sheets int
	stream *excelize.StreamWriter
	next   int // row of the sheet, from 1
	bold   int // style of the head
	moment int // style of a time
	cells  []any
}

func newXLSX(w io.Writer, title string) (*xlsxSink, error) {
	s := &xlsxSink{to: w, file: excelize.NewFile(), title: title}
	var err1, err2 error
	s.bold, err1 = s.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	format := "yyyy-mm-dd hh:mm:ss" // UTC, as in the other formats
	s.moment, err2 = s.file.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err := errors.Join(err1, err2); err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	return s, nil
}

func (s *xlsxSink) head(names []string) error {
	s.names = names
	return s.sheet()
}

// sheet begins the next sheet with the head.
func (s *xlsxSink) sheet() (err error) {
	if err := s.flush(); err != nil {
		return err
	}
	s.sheets++
	name := s.title
	if s.sheets == 1 {
		err = s.file.SetSheetName("Sheet1", name)
	} else {
		name = fmt.Sprintf("%s %d", s.title, s.sheets)
		_, err = s.file.NewSheet(name)
	}
	if err != nil {
		return err
	}
	if s.stream, err = s.file.NewStreamWriter(name); err != nil {
		return err
	}
	err = errors.Join(s.stream.SetColWidth(1, len(s.names), 18),
		s.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	if err != nil {
		return err
	}
	head := make([]any, len(s.names))
	for i, n := range s.names {
		head[i] = excelize.Cell{StyleID: s.bold, Value: n}
	}
	s.next = 2
	return s.stream.SetRow("A1", head)
}

func (s *xlsxSink) flush() error {
	if s.stream == nil {
		return nil
	}
	return s.stream.Flush()
}

func (s *xlsxSink) row(values []any) error {
	if s.next > maxSheet {
		if err := s.sheet(); err != nil {
			return err
		}
	}
	s.cells = s.cells[:0]
	for _, v := range values {
		switch v := v.(type) {
		case nil, bool, int, int64, float64:
			s.cells = append(s.cells, v)
		case time.Time:
			s.cells = append(s.cells, excelize.Cell{StyleID: s.moment, Value: v.UTC()})
		default:
			s.cells = append(s.cells, Safe(text(v)))
		}
	}
	at, err := excelize.CoordinatesToCellName(1, s.next)
	if err != nil {
		return err
	}
	s.next++
	return s.stream.SetRow(at, s.cells)
}

func (s *xlsxSink) end(whole bool) error {
	err := s.flush()
	if whole && err == nil {
		err = s.file.Write(s.to)
	}
	return errors.Join(err, s.file.Close()) // removes the temporary file
}
