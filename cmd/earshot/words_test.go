package main

import (
	"strings"
	"testing"

	"earshot/emails"
	"earshot/internal/sentiment"
)

// TestMailsNameEveryTopicAndSignal keeps a new topic from reaching an agent under its bare name.
func TestMailsNameEveryTopicAndSignal(t *testing.T) {
	b, err := emails.FS.ReadFile("text.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range sentiment.Topics() {
		if !strings.Contains(string(b), "\n  topic_"+topic+":") {
			t.Errorf("emails/text.yaml has no words for the topic %s", topic)
		}
	}
	for _, signal := range sentiment.Signals() {
		if !strings.Contains(string(b), "\n  signal_"+signal+":") {
			t.Errorf("emails/text.yaml has no words for the signal %s", signal)
		}
	}
}
