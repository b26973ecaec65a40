package main

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"
)

func (d *dashboard) signInPage(w http.ResponseWriter, status int, problem string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = d.pages.ExecuteTemplate(w, "sign-in.html", problem)
}

func (d *dashboard) signIn(w http.ResponseWriter, r *http.Request) {
	// The body first: whoever sends it slowly must not hold a guess, nor have been let through before.
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if err := r.ParseForm(); err != nil {
		d.signInPage(w, http.StatusBadRequest, "The form could not be read. Try again.")
		return
	}
	if wait := d.guesses.take(); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		d.signInPage(w, http.StatusTooManyRequests, "Too many attempts. Wait a minute and try again.")
		return
	}
	password := sha256.Sum256([]byte(r.PostForm.Get("password")))
	if subtle.ConstantTimeCompare(password[:], d.password[:]) != 1 {
		d.signInPage(w, http.StatusUnauthorized, "That is not the password.")
		return
	}
	d.guesses.giveBack()
	d.sessions.end(r) // a new identity gets a new id
	http.SetCookie(w, cookie(d.sessions.begin(), sessionLife))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// signOut ends the session. A token that was handed out lives on for up to its life; the page
// closes its streams at once.
func (d *dashboard) signOut(w http.ResponseWriter, r *http.Request) {
	d.sessions.end(r)
	http.SetCookie(w, cookie("", -time.Second))
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

const (
	// The prefix makes browsers refuse such a cookie from a sibling host.
	sessionCookie = "__Host-session"
	sessionLife   = 8 * time.Hour
)

// cookie is always Secure. Whether the person came by https is not to be learned from a request: a
// proxy may have rewritten it. Chromium and Firefox send such a cookie to http://127.0.0.1 as well;
// Safari wants https there too.
func cookie(id string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: sessionCookie, Value: id, Path: "/", MaxAge: int(life / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: true,
	}
}

// sessions are who is signed in: when each session ends, by the hash of its id. What is kept
// cannot be used to sign in, and looking it up tells nothing by the time it takes.
type sessions struct {
	mu   sync.Mutex
	ends map[string]time.Time
}

func (s *sessions) begin() string {
	id := rand.Text() // at least 128 bits
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ends == nil {
		s.ends = map[string]time.Time{}
	}
	now := time.Now()
	maps.DeleteFunc(s.ends, func(_ string, end time.Time) bool { return !now.Before(end) })
	s.ends[hash(id)] = now.Add(sessionLife)
	return id
}

func (s *sessions) valid(r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.ends[sessionKey(r)])
}

func (s *sessions) end(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.ends, sessionKey(r))
}

// sessionKey is what a session is known by; it is also whose requests for tokens are counted.
func sessionKey(r *http.Request) string {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return hash(c.Value)
}

func hash(id string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(id))) }

// guesses slow down whoever tries passwords: ten wrong ones a minute, whoever they come from. That
// lets a stranger keep others from signing in; behind a proxy that you trust, count by address.
type guesses struct {
	mu    sync.Mutex
	since time.Time
	count int
}

const maxGuesses = 10

// take takes one of the guesses of this minute, or says how long to wait for the next.
func (g *guesses) take() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if now.Sub(g.since) >= time.Minute {
		g.since, g.count = now, 0
	}
	if g.count >= maxGuesses {
		return g.since.Add(time.Minute).Sub(now)
	}
	g.count++
	return 0
}

// giveBack is for a guess that was right.
func (g *guesses) giveBack() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count = max(0, g.count-1)
}
