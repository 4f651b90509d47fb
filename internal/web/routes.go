package web

import (
	"strings"

	"earshot/internal/feedback"

	"github.com/gofiber/fiber/v2"
)

// route is one address of the API.
type route struct {
	method, path string
	handle       fiber.Handler
}

// apiRoutes is the API under /v1, in the order of its description.
func (a *app) apiRoutes() []route {
	return []route{
		{"POST", "/v1/interactions", a.postInteraction},
		{"POST", `/v1/interactions\:batch`, a.postInteractions},
		{"GET", "/v1/interactions", a.getInteractions},
		{"GET", "/v1/interactions/:source/:id", a.getInteraction},
		{"POST", "/v1/interactions/:source/:id/withdraw", a.withdrawInteraction},
		{"POST", "/v1/feedback", a.postFeedback},
		{"GET", "/v1/responses", a.getResponses},
		{"POST", "/v1/responses/:id/sentiment", a.postSentiment},
		{"GET", "/v1/cases", a.getCases},
		{"POST", "/v1/cases/:id/:action", a.postCaseAction},
		{"GET", "/v1/perception", a.getPerception},
		{"GET", "/v1/perception/index", a.getPerceptionIndex},
		{"GET", "/v1/stream", a.stream},
	}
}

// openRoutes need no sign-in: the customers' pages, and what machines ask.
func (a *app) openRoutes() []route {
	return []route{
		{"GET", "/s/:token", a.showSurvey},
		{"POST", "/s/:token", a.submitSurvey},
		{"GET", "/s/:token/thanks", a.showThanks},
		{"POST", "/s/:token/say", a.submitSay},
		{"GET", "/s/:token/about", a.showDecoy},
		{"GET", "/s/:token/opt-out", a.showOptOut},
		{"POST", "/s/:token/opt-out", a.submitOptOut},
		{"POST", "/hooks/inbound", a.hookInbound},
		{"POST", "/hooks/resend", a.hookResend},
		{"GET", "/hooks/:system", a.hookReady},
		{"POST", "/hooks/:system", a.hookHelpdesk},
		{"GET", "/", a.home},
		{"GET", "/sign-in", a.showSignIn},
		{"POST", "/sign-in", a.submitSignIn},
		{"GET", "/sign-in/:secret", a.showLink},
		{"POST", "/sign-in/:secret", a.useLink},
		{"GET", "/visit/:secret", a.enterVisit},
		{"GET", "/healthz", a.healthy},
		{"GET", "/readyz", a.ready},
		{"GET", "/metrics", a.metrics},
		{"GET", "/openapi.json", a.openapi},
		{"GET", "/robots.txt", a.robots},
		{"GET", "/favicon.ico", a.favicon},
		{"GET", "/static/*", a.asset},
	}
}

// staffRoutes are the pages of people who sign in, by who may open them.
func (a *app) staffRoutes(f *fiber.App) {
	anyone := a.needUser()
	desk := a.needUser(feedback.RoleAgent, feedback.RoleLead, feedback.RoleAdmin)
	admin := a.needUser(feedback.RoleAdmin)

	f.Post("/sign-out", anyone, a.signOut)
	a.leadRoutes(f)

	f.Post("/verdicts", anyone, a.giveVerdict)

	f.Get("/desk", desk, a.showDesk)
	f.Get("/desk/cases/:id", desk, a.showCase)
	f.Post("/desk/cases/:id/:action", desk, a.actOnCase)
	f.Get("/desk/calendar", desk, a.showCalendar)
	f.Post("/desk/calendar", desk, a.changeCalendar)

	f.Get("/outbox", admin, a.showOutbox)
	f.Get("/outbox/:name", admin, a.showMail)
	f.Get("/outbox/:name/html", admin, a.showMailHTML)
	f.Get("/outbox/:name/raw", admin, a.downloadMail)

	f.Get("/admin", admin, a.showAdmin)
	f.Post("/admin/users", admin, a.addUser)
	f.Post("/admin/users/remove", admin, a.removeUser)
	f.Post("/admin/keys", admin, a.createKey)
	f.Post("/admin/keys/revoke", admin, a.revokeKey)
	f.Post("/admin/learn", admin, a.learnNow)
	f.Post("/admin/learn/undo", admin, a.undoLearnt)
	f.Get("/admin/surveys/:id", admin, a.showDefinition)
	f.Get("/admin/votes", admin, a.showVotes)
	f.Post("/admin/votes/forget", admin, a.forgetDomain)
	f.Post("/admin/votes/:id/correct", admin, a.correctVote)
	f.Get("/admin/requests", admin, a.showRequests)
	f.Post("/admin/requests/done", admin, a.closeRequest)
	f.Get("/admin/why", admin, a.showWhy)
	f.Post("/admin/why/:action", admin, a.actOnPerson)
	f.Get("/admin/opt-outs", admin, a.exportOptOuts)
	f.Post("/admin/opt-outs", admin, a.importOptOuts)
	f.Post("/admin/surveys/:id/pause", admin, a.pauseSurvey)
	f.Post("/admin/surveys/:id/resume", admin, a.resumeSurvey)

	a.alertRoutes(f, admin)
	a.boardRoutes(f)
	a.outRoutes(f)
}

func (a *app) routes(f *fiber.App) {
	f.Use("/v1", a.needKey)
	for _, r := range append(a.apiRoutes(), a.openRoutes()...) {
		if r.method == fiber.MethodGet {
			f.Get(r.path, r.handle) // registers HEAD too
			continue
		}
		f.Add(r.method, r.path, r.handle)
	}
	a.staffRoutes(f)
}

// templateOf is a route's address in the form of OpenAPI.
func (r route) templateOf() string { return strings.TrimSuffix(openPath(r.path), "/*") }
