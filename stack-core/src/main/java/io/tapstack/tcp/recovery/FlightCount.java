package io.tapstack.tcp.recovery;

/**
 * How much of what is sent and not acknowledged is where, in bytes and in segments: the sums over the entries of the
 * {@link SackScoreboard}. An entry {@linkplain #leave leaves} the sums before anything of it changes, and
 * {@linkplain #enter enters} them again when that is done.
 */
final class FlightCount {

    int bytesInNetwork;
    int bytesSacked;
    int bytesLost;

    /** All that is sent and not acknowledged (Linux: {@code packets_out}). */
    int segments;

    int segmentsSacked;

    /** Sent more than once, and in the network. */
    int segmentsSentAgain;

    /** Those of them that had been found lost, which a probe is not (Linux: {@code retrans_out}). */
    int segmentsLostSentAgain;

    /** Found lost, whether they were sent again since or not (Linux: {@code lost_out}). */
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
