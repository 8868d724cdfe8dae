package io.tapstack.packetdrill.packet;

/**
 * What of a segment is compared beyond what always is.
 *
 * @param microsPerTick how long the script thinks a tick of the stack's timestamp clock is; 0 if timestamps are not
 *     compared
 * @param toleranceMicros how far a timestamp may be off
 * @param echo whether echoes of timestamps are compared
 * @param push whether the PSH flag is compared, which is much a matter of taste
 */
public record Comparison(long microsPerTick, long toleranceMicros, boolean echo, boolean push) {}
