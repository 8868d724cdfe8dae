package io.tapstack.packetdrill.script;

/**
 * A statement of a script: an action, or an expected one, at a time.
 *
 * @param line of its first token, counted from 1
 */
public record Event(int line, EventTime time, Action action) {}
