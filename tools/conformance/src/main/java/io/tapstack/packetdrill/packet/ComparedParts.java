package io.tapstack.packetdrill.packet;

/**
 * The parts of a segment that are compared besides those that always are.
 *
 * @param microsPerTick the script's tick of the stack's timestamp clock; 0 if timestamps are not compared
 * @param toleranceMicros the tolerance of a timestamp
 * @param echo true if echoes of timestamps are compared
 * @param push true if the PSH flag is compared, which stacks set differently
 */
public record ComparedParts(long microsPerTick, long toleranceMicros, boolean echo, boolean push) {}
