// Package hostile holds the tests of what a hostile server, or a hostile client of
// ours, can make a program do that uses the SDK. Each attack is played against every
// way into the SDK on which it can be played, with a bound on the number of requests,
// the time and the memory. Time is that of a testing/synctest bubble, so that a bound
// holds exactly and on every machine; memory is what the whole process allocates, so
// that no test here runs beside another one.
package hostile
