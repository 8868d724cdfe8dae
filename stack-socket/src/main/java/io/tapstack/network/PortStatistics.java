package io.tapstack.network;

/**
 * The counts of the frames to one host of a {@link MemoryNetwork}.
 *
 * @param delivered frames that the host's stack has taken
 * @param lost frames that an {@linkplain MemoryNetwork#impair impairment} lost, or the queue of a
 *     {@linkplain MemoryNetwork#portRate rate}
 * @param cut frames that a {@linkplain MemoryNetwork#partition partition} lost
 * @param overflowed frames for which the host's queue had no room
 */
public record PortStatistics(long delivered, long lost, long cut, long overflowed) {}
