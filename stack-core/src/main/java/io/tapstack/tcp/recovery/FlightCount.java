package io.tapstack.tcp.recovery;

/**
 * Sums over the entries of the {@link SackScoreboard} by state, in bytes and segments. Before a change an entry
 * {@linkplain #leave leaves} the sums, and after it the entry {@linkplain #enter enters} them again.
 */
final class FlightCount {

    int bytesInNetwork;
    int bytesSacked;
    int bytesLost;

    /** Segments sent and not acknowledged (Linux: {@code packets_out}). */
    int segments;

    int segmentsSacked;

    /** Retransmitted segments in the network. */
    int segmentsSentAgain;

    /** Of these, segments that were lost, which excludes probes (Linux: {@code retrans_out}). */
    int segmentsLostSentAgain;

    /** Segments marked as lost, retransmitted since or not (Linux: {@code lost_out}). */
    int segmentsLost;

    void enter(final SentSegment segment) {
        count(segment, 1);
    }

    void leave(final SentSegment segment) {
        count(segment, -1);
    }

    private void count(final SentSegment segment, final int sign) {
        final int bytes = sign * segment.length();
        final int number = sign * segment.segments;
        segments += number;
        segmentsLost += segment.wasLost ? number : 0;
        switch (segment.state) {
            case IN_NETWORK -> {
                bytesInNetwork += bytes;
                segmentsSentAgain += segment.wasSentAgain() ? number : 0;
                segmentsLostSentAgain += segment.wasLost ? number : 0;
            }
            case SACKED -> {
                bytesSacked += bytes;
                segmentsSacked += number;
            }
            case LOST -> bytesLost += bytes;
        }
    }
}
