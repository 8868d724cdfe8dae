/**
 * Plays scripts in the language of packetdrill: a script says which system calls a program makes, which packets come
 * in, and which have to go out, and when. {@code docs/packetdrill.md} describes the language as far as it is
 * understood.
 *
 * <p>From the bottom: {@code script} parses, {@code packet} and {@code call} know what packets and calls mean,
 * {@code assertion} evaluates code, {@code machine} and {@code kernel} are what is tested, {@code play} puts it
 * together.
 */
@NullMarked
package io.tapstack.packetdrill;

import org.jspecify.annotations.NullMarked;
