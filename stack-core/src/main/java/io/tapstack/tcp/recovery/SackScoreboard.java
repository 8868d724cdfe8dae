package io.tapstack.tcp.recovery;

import io.tapstack.tcp.recovery.SentSegment.State;
import io.tapstack.wire.SequenceNumber;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is sent and not acknowledged, with all that is known about it: the scoreboard of RFC 6675. Entries stand in order of sequence
 * numbers, so that one is found by binary search; those in the network are also linked in the order in which they were sent, for RACK, and
 * those that are lost in the order in which they go out again. Entries that are SACKed side by side become one, so a SACK block that comes
 * again with every ACK costs one look. No ACK needs a walk over all that is in flight.
 *
 * <p>Bytes here are sequence numbers: a FIN counts as one. Confined to whoever runs the stack.
 */
public final class SackScoreboard {

    /** Is told what an ACK delivers, before the entry changes. */
    interface Deliveries {
        /** {@code bytes} of {@code segment}, which was not SACKed before, have arrived, as {@code ack} says. */
        void delivered(SentSegment segment, int bytes, AckArrival ack);
    }

    private static final SentSegment[] NONE = {};
    private static final int SMALLEST_RING = 8;
    /** An array longer than this is let go when nothing is in flight. */
    private static final int LARGEST_IDLE_RING = 256;

    private final SentSegmentPool pool;
    private final DeliveryRate rate = new DeliveryRate();
    private final SentSegmentList inNetwork = new SentSegmentList();
    private final SentSegmentList lost = new SentSegmentList();

    private SentSegment[] ring = NONE;
    private int head;
    private int count;

    private int mss = 1;
    private int bytesInNetwork;
    private int bytesSacked;
    private int bytesLost;
    private int segmentsSacked;
    private int segmentsSentAgain;
    // When something was sent last. Of two segments of the same moment RACK takes the higher for the later (RFC 8985
    // 6.2), so one that is sent again gets a moment of its own: it went out after what was new before it.
    private long lastMoment = Long.MIN_VALUE;

    public SackScoreboard(final SentSegmentPool pool) {
        this.pool = pool;
    }

    public void mss(final int bytes) {
        mss = bytes;
    }

    /** The delivery rate, which is measured on what stands here. */
    public DeliveryRate rate() {
        return rate;
    }

    /** pipe (RFC 6675 4): what is in the network: neither acknowledged, nor SACKed, nor lost; a retransmission counts again. */
    public int bytesInNetwork() {
        return bytesInNetwork;
    }

    public int bytesSacked() {
        return bytesSacked;
    }

    /** What is lost and was not sent again since. */
    public int bytesLost() {
        return bytesLost;
    }

    /** How many segments are SACKed. */
    public int segmentsSacked() {
        return segmentsSacked;
    }

    /** How many segments that were sent more than once are in the network. */
    public int segmentsSentAgain() {
        return segmentsSentAgain;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /** How many entries there are. */
    int entries() {
        return count;
    }

    // ---- Sending

    /** New data, or a FIN, was sent: from {@code start} to {@code end}. */
    public void sent(final int start, final int end, final long nowNanos) {
        lastMoment = Math.max(lastMoment, nowNanos);
        final int before = bytesInNetwork;
        bytesInNetwork += end - start;
        if (count > 0) {
            final SentSegment last = at(count - 1);
            if (continues(last, start)) {
                last.end = end;
                last.segments = segmentsIn(last.length());
                last.txInFlight = bytesInNetwork;
                return;
            }
        }
        final SentSegment segment = pool.take();
        segment.start = start;
        segment.end = end;
        segment.state = State.IN_NETWORK;
        segment.sentNanos = lastMoment;
        segment.transmissions = 1;
        segment.segments = segmentsIn(end - start);
        rate.sent(segment, before, nowNanos);
        insert(count, segment);
        inNetwork.append(segment);
    }

    /** True if what was sent at the same moment in full segments up to {@code start} can share its entry with what follows. */
    private boolean continues(final SentSegment last, final int start) {
        return last.end == start
                && last.state == State.IN_NETWORK
                && last.transmissions == 1
                && last.sentNanos == lastMoment
                && last.length() % mss == 0;
    }

    /** What lies from {@code start} to {@code end} was sent again. */
    public void sentAgain(final int start, final int end, final long nowNanos) {
        int index = firstEndingAfter(start);
        while (index < count && SequenceNumber.lessThan(at(index).start, end)) {
            final SentSegment segment = isolate(index, start, end);
            if (segment.state != State.SACKED) {
                sendAgain(segment, nowNanos);
            }
            index = firstEndingAfter(segment.end);
        }
    }

    private void sendAgain(final SentSegment segment, final long nowNanos) {
        final int before = bytesInNetwork;
        if (segment.state == State.LOST) {
            lost.remove(segment);
            bytesLost -= segment.length();
            bytesInNetwork += segment.length();
            segment.state = State.IN_NETWORK;
            segmentsSentAgain += segment.segments;
        } else {
            inNetwork.remove(segment);
            segmentsSentAgain += segment.wasSentAgain() ? 0 : segment.segments;
        }
        segment.transmissions++;
        lastMoment = Math.max(lastMoment + 1, nowNanos);
        segment.sentNanos = lastMoment;
        rate.sent(segment, before, nowNanos);
        inNetwork.append(segment);
    }

    /** What was sent, first to last. */
    @Nullable
    SentSegment first() {
        return count == 0 ? null : at(0);
    }

    @Nullable
    SentSegment last() {
        return count == 0 ? null : at(count - 1);
    }

    /** What has been in the network longest; its {@code next} was sent after it. */
    @Nullable
    SentSegment oldestInNetwork() {
        return inNetwork.first();
    }

    /** The lowest of what is lost; its {@code next} is the next of that. */
    @Nullable
    SentSegment firstLost() {
        return lost.first();
    }

    /** Where the lost bytes end that start with {@link #firstLost()}, as far as {@code limit} bytes from there. */
    int lostUpTo(final int limit) {
        SentSegment segment = lost.first();
        if (segment == null) {
            throw new IllegalStateException("nothing is lost");
        }
        final int start = segment.start;
        int end = segment.end;
        while (end - start < limit && segment.next != null && segment.next.start == end) {
            segment = segment.next;
            end = segment.end;
        }
        return SequenceNumber.min(end, start + limit);
    }

    // ---- ACKs

    /** An ACK comes: takes in its SACK blocks, then what it acknowledges, and measures the delivery rate. */
    void take(final AckArrival ack, final Deliveries deliveries) {
        rate.ackArrives();
        final int sackedBefore = bytesSacked;
        for (int i = 0; i < ack.blocks(); i++) {
            sack(ack.left(i), ack.right(i), ack, deliveries);
        }
        ack.sackedBytes = bytesSacked - sackedBefore;
        acknowledge(ack, deliveries);
        rate.ackDone(ack.minRttNanos == Long.MAX_VALUE ? 0 : ack.minRttNanos);
    }

    private void deliver(
            final SentSegment segment, final int bytes, final AckArrival ack, final Deliveries deliveries) {
        ack.deliveredBytes += bytes;
        rate.delivered(segment, bytes, ack.nowNanos);
        deliveries.delivered(segment, bytes, ack);
    }

    /** Everything before {@link AckArrival#sndUna} is acknowledged. */
    void acknowledge(final AckArrival ack, final Deliveries deliveries) {
        final int sndUna = ack.sndUna;
        while (count > 0 && SequenceNumber.lessThan(at(0).start, sndUna)) {
            final SentSegment segment = at(0);
            final int bytes = SequenceNumber.min(segment.end, sndUna) - segment.start;
            if (segment.state != State.SACKED) {
                deliver(segment, bytes, ack, deliveries);
            }
            if (bytes == segment.length()) {
                forget(segment);
                head = (head + 1) & (ring.length - 1);
                count--;
            } else {
                shorten(segment, sndUna);
            }
        }
        if (count == 0 && ring.length > LARGEST_IDLE_RING) {
            ring = NONE;
            head = 0;
        }
    }

    /**
     * A SACK block: the peer has what lies from {@code left} to {@code right}. Bytes that were never sent, or are acknowledged, are passed over.
     * So are parts of segments: no honest peer has those, and a peer that reports every second byte would have an entry for each.
     */
    void sack(final int left, final int right, final AckArrival ack, final Deliveries deliveries) {
        int index = firstEndingAfter(left);
        while (index < count && SequenceNumber.lessThan(at(index).start, right)) {
            final SentSegment touched = at(index);
            if (touched.state != State.SACKED) {
                final int from = wholeSegmentsFrom(touched, left);
                final int to = wholeSegmentsTo(touched, right);
                if (SequenceNumber.lessThan(from, to)) {
                    final SentSegment segment = isolate(index, from, to);
                    index = firstEndingAfter(segment.start);
                    deliver(segment, segment.length(), ack, deliveries);
                    leaveList(segment);
                    segment.state = State.SACKED;
                    bytesSacked += segment.length();
                    segmentsSacked += segment.segments;
                    index = joinSacked(index);
                }
            }
            index++;
        }
    }

    /** {@code left}, moved forward to where a segment of {@code entry} starts. */
    private int wholeSegmentsFrom(final SentSegment entry, final int left) {
        final int skipped = Math.max(0, left - entry.start);
        final int whole = entry.start + (skipped + mss - 1) / mss * mss;
        return skipped == 0 ? entry.start : whole;
    }

    /** {@code right}, moved back to where a segment of {@code entry} ends. */
    private int wholeSegmentsTo(final SentSegment entry, final int right) {
        if (SequenceNumber.greaterOrEqual(right, entry.end)) {
            return entry.end;
        }
        final int covered = right - entry.start;
        return right - covered % mss;
    }

    /** {@code segment}, which is in the network, is lost. */
    void markLost(final SentSegment segment) {
        leaveList(segment);
        segment.state = State.LOST;
        bytesLost += segment.length();
        rate.lost(segment.length());
        lost.insertBySequence(segment);
    }

    /** The peer has thrown away what it had SACKed (RFC 2018 8), or may have: that counts as lost. */
    void forgetSacks() {
        for (int i = 0; i < count; i++) {
            final SentSegment segment = at(i);
            if (segment.state == State.SACKED) {
                bytesSacked -= segment.length();
                segmentsSacked -= segment.segments;
                segment.state = State.LOST;
                bytesLost += segment.length();
                lost.insertBySequence(segment);
            }
        }
    }

    /** Nothing was lost after all: everything that is marked so is in the network. */
    void unmarkLost() {
        SentSegment before = null;
        for (SentSegment segment = lost.first(); segment != null; segment = lost.first()) {
            leaveList(segment);
            segment.state = State.IN_NETWORK;
            bytesInNetwork += segment.length();
            segmentsSentAgain += segment.wasSentAgain() ? segment.segments : 0;
            // By the time sent, which mostly goes with the sequence numbers: so each place is near the one before.
            if (before != null && before.sentNanos - segment.sentNanos > 0) {
                before = null;
            }
            SentSegment after = before == null ? inNetwork.first() : before.next;
            while (after != null && after.sentNanos - segment.sentNanos <= 0) {
                before = after;
                after = after.next;
            }
            inNetwork.insertAfter(before, segment);
            before = segment;
        }
    }

    /** Forgets everything: the connection is over. */
    public void clear() {
        while (count > 0) {
            forget(at(0));
            head = (head + 1) & (ring.length - 1);
            count--;
        }
        ring = NONE;
        head = 0;
    }

    // ---- Entries

    private int segmentsIn(final int bytes) {
        return (bytes + mss - 1) / mss;
    }

    private SentSegment at(final int index) {
        return ring[(head + index) & (ring.length - 1)];
    }

    /** Index of the first entry that ends after {@code sequence}. */
    private int firstEndingAfter(final int sequence) {
        int low = 0;
        int high = count;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (SequenceNumber.greaterThan(at(middle).end, sequence)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Divides the entry at {@code index} so that one of the parts is what it has between {@code left} and {@code right}: that one. */
    private SentSegment isolate(final int index, final int left, final int right) {
        SentSegment segment = at(index);
        if (SequenceNumber.lessThan(segment.start, left)) {
            segment = divide(index, left);
            if (SequenceNumber.greaterThan(segment.end, right)) {
                divide(index + 1, right);
            }
        } else if (SequenceNumber.greaterThan(segment.end, right)) {
            divide(index, right);
        }
        return segment;
    }

    /** Cuts the entry at {@code index} in two. @return the second one, from {@code sequence} on */
    private SentSegment divide(final int index, final int sequence) {
        final SentSegment segment = at(index);
        final int segmentsBefore = segment.segments;
        final SentSegment rest = pool.take();
        rest.copy(segment);
        segment.end = sequence;
        rest.start = sequence;
        segment.segments = segmentsIn(segment.length());
        rest.segments = segmentsIn(rest.length());
        count(segment, segment.segments + rest.segments - segmentsBefore);
        insert(index + 1, rest);
        switch (segment.state) {
            case IN_NETWORK -> inNetwork.insertAfter(segment, rest);
            case LOST -> lost.insertAfter(segment, rest);
            case SACKED -> {
                // In no list.
            }
        }
        return rest;
    }

    /** Joins the SACKed entry at {@code index} with SACKed neighbours. @return its index then */
    private int joinSacked(final int index) {
        if (index + 1 < count && at(index + 1).state == State.SACKED) {
            absorbNext(index);
        }
        if (index > 0 && at(index - 1).state == State.SACKED) {
            absorbNext(index - 1);
            return index - 1;
        }
        return index;
    }

    private void absorbNext(final int index) {
        final SentSegment segment = at(index);
        final SentSegment absorbed = at(index + 1);
        segment.end = absorbed.end;
        segment.segments += absorbed.segments;
        segment.transmissions = Math.max(segment.transmissions, absorbed.transmissions);
        removeAt(index + 1);
        pool.give(absorbed);
    }

    private void shorten(final SentSegment segment, final int start) {
        final int segmentsBefore = segment.segments;
        final int bytes = start - segment.start;
        segment.start = start;
        segment.segments = segmentsIn(segment.length());
        count(segment, segment.segments - segmentsBefore);
        switch (segment.state) {
            case IN_NETWORK -> bytesInNetwork -= bytes;
            case LOST -> bytesLost -= bytes;
            case SACKED -> bytesSacked -= bytes;
        }
    }

    /** The number of segments that {@code segment} stands for has changed. */
    private void count(final SentSegment segment, final int change) {
        if (segment.state == State.SACKED) {
            segmentsSacked += change;
        } else if (segment.state == State.IN_NETWORK && segment.wasSentAgain()) {
            segmentsSentAgain += change;
        }
    }

    private void leaveList(final SentSegment segment) {
        if (segment.state == State.LOST) {
            lost.remove(segment);
            bytesLost -= segment.length();
        } else {
            inNetwork.remove(segment);
            bytesInNetwork -= segment.length();
            segmentsSentAgain -= segment.wasSentAgain() ? segment.segments : 0;
        }
    }

    private void forget(final SentSegment segment) {
        if (segment.state == State.SACKED) {
            bytesSacked -= segment.length();
            segmentsSacked -= segment.segments;
        } else {
            leaveList(segment);
        }
        pool.give(segment);
    }

    // ---- The ring: a power of two of places; what is moved is the shorter side

    private void insert(final int index, final SentSegment segment) {
        if (count == ring.length) {
            grow();
        }
        final int mask = ring.length - 1;
        if (index < count / 2) {
            head = (head - 1) & mask;
            for (int i = 0; i < index; i++) {
                ring[(head + i) & mask] = ring[(head + i + 1) & mask];
            }
        } else {
            for (int i = count; i > index; i--) {
                ring[(head + i) & mask] = ring[(head + i - 1) & mask];
            }
        }
        ring[(head + index) & mask] = segment;
        count++;
    }

    private void removeAt(final int index) {
        final int mask = ring.length - 1;
        if (index < count / 2) {
            for (int i = index; i > 0; i--) {
                ring[(head + i) & mask] = ring[(head + i - 1) & mask];
            }
            head = (head + 1) & mask;
        } else {
            for (int i = index; i < count - 1; i++) {
                ring[(head + i) & mask] = ring[(head + i + 1) & mask];
            }
        }
        count--;
    }

    private void grow() {
        if (ring.length == 0) {
            ring = new SentSegment[SMALLEST_RING];
            return;
        }
        final SentSegment[] larger = Arrays.copyOf(ring, ring.length * 2);
        for (int i = 0; i < count; i++) {
            larger[i] = at(i);
        }
        ring = larger;
        head = 0;
    }
}
