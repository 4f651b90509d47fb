package collect

import (
	"net/netip"
	"strings"
)

// Kinds of clients.
const (
	clientUnknown = iota
	clientTool    // a program for fetching pages
	clientScanner // a mail scanner that says who it is, or comes from its maker's network
)

// scannerNames are parts of what mail scanners and link previews call themselves, in lower case. A
// headless browser is not among them: its name is the first thing a scanner changes, and what it does
// gives it away.
func scannerNames() []string {
	return []string{"proofpoint", "barracuda", "mimecast", "messagelabs", "symantec", "trendmicro", "trend micro", "fireeye", "forcepoint", "ironport",
		"safelinks", "safebrowsing", "office existence discovery", "microsoft office", "ms-office", "bitdefender", "sophos", "zscaler", "paloalto", "checkpoint",
		"fortinet", "fortiguard", "avanan", "hornetsecurity", "retarus", "vadesecure", "cloudmark", "ironscales", "cyren", "bingpreview", "googleimageproxy",
		"yahoomailproxy", "slackbot", "skypeuripreview", "whatsapp", "facebookexternalhit", "twitterbot", "linkedinbot", "telegrambot", "discordbot",
		"googlebot", "bingbot", "crawler", "spider", "virustotal", "urlscan", "linkcheck"}
}

// toolNames begin what programs for fetching pages call themselves.
func toolNames() []string {
	return []string{"curl/", "wget/", "python", "go-http-client", "java/", "okhttp", "apache-httpclient", "libwww-perl", "ruby", "php", "node", "axios", "undici", "lua-resty"}
}

// scannerNetworks are published by the makers of mail gateways as the networks that their machines
// work from: Proofpoint, Mimecast, Barracuda, Symantec (MessageLabs), Cisco (IronPort), Trend Micro,
// and Exchange Online Protection. Incomplete by nature; behaviour is what decides in the end.
func scannerNetworks() []string {
	return []string{"67.231.144.0/20", "148.163.128.0/19", "185.132.180.0/22", "207.211.30.0/24", "205.139.110.0/23", "63.128.21.0/24", "170.10.128.0/21",
		"91.220.42.0/24", "146.101.78.0/24", "207.82.80.0/24", "64.235.144.0/20", "209.222.80.0/21", "67.219.240.0/20", "85.158.136.0/21", "95.131.104.0/21",
		"193.109.254.0/23", "194.106.220.0/23", "195.245.230.0/23", "216.82.240.0/20", "68.232.128.0/19", "150.70.0.0/16", "40.92.0.0/15", "40.107.0.0/16",
		"52.100.0.0/14", "104.47.0.0/17"}
}

// clientKind tells what a client is by its name and network. An empty name is a tool's: browsers have one.
func clientKind(c Client) int {
	name := strings.ToLower(c.Agent)
	for _, s := range scannerNames() {
		if strings.Contains(name, s) {
			return clientScanner
		}
	}
	if inScannerNetwork(c.Address) {
		return clientScanner
	}
	if name == "" {
		return clientTool
	}
	for _, s := range toolNames() {
		if strings.HasPrefix(name, s) {
			return clientTool
		}
	}
	return clientUnknown
}

func inScannerNetwork(address string) bool {
	ip, err := netip.ParseAddr(strings.TrimSpace(address))
	if err != nil {
		return false
	}
	ip = ip.Unmap()
	for _, n := range scannerNetworks() {
		if netip.MustParsePrefix(n).Contains(ip) {
			return true
		}
	}
	return false
}
