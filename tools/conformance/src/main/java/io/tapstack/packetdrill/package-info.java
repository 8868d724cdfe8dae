/**
 * Plays scripts in the language of packetdrill: a script lists the system calls of a program, the packets that arrive,
 * and the packets that must be sent, with their times. {@code docs/packetdrill.md} describes the supported part of the
 * language.
 *
 * <p>From the bottom up: {@code script} parses, {@code packet} and {@code call} interpret packets and calls,
 * {@code assertion} evaluates code, {@code machine} and {@code kernel} are the machines under test, {@code play} plays.
 */
@NullMarked
package io.tapstack.packetdrill;

import org.jspecify.annotations.NullMarked;
