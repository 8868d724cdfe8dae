package io.tapstack.packetdrill.script;

/**
 * One statement of a script: something happens, or is expected to happen, at a time.
 *
 * @param line of its first token, counted from 1
 */
public record Event(int line, EventTime time, Action action) {}
