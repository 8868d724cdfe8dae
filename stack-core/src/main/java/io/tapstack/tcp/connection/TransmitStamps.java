package io.tapstack.tcp.connection;

import io.tapstack.buffer.Region;
import io.tapstack.tcp.StampObserver;
import io.tapstack.wire.SequenceNumber;
import java.util.Arrays;

/**
 * Reports each transmission of the last byte of a write, and its ACK, to the application (Linux's SO_TIMESTAMPING). As
 * on Linux, of several writes in one segment only the last is reported, unless a record end (MSG_EOR) separates them.
 * Created when an application asks for timestamps.
 */
final class TransmitStamps {

    /** Timestamps that a write can ask for: SOF_TIMESTAMPING_TX_SOFTWARE, _SCHED, _ACK. */
    static final int SENT = 0x2;

    static final int SCHEDULED = 0x100;
    static final int ACKNOWLEDGED = 0x200;

    /** Most pending writes; beyond them only the last write is reported. */
    static final int MAX_WRITES = 1_024;

    private static final byte[] NO_PACKET = {};

    private final ControlBlock tcb;
    private StampObserver observer;
    // Writes in the order of their last bytes: sequence number, kinds, and the last segment that contained the byte.
    private int[] keys = new int[4];
    private int[] kinds = new int[4];
    private int[] starts = new int[4];
    private int[] lengths = new int[4];
    private int count;
    private Region[] held = {};

    TransmitStamps(final ControlBlock tcb, final StampObserver observer) {
        this.tcb = tcb;
        this.observer = observer;
    }

    /** Requests {@code wanted} for the byte {@code key}, which will be written next. */
    void request(final int key, final int wanted, final StampObserver by) {
        observer = by;
        final int last = count - 1;
        final boolean together = last >= 0
                && SequenceNumber.greaterOrEqual(keys[last], tcb.sndNxt)
                && key - tcb.sndNxt < tcb.segmentSize.largestPayload()
                && tcb.isOneRecord(keys[last], key);
        if (together || count == MAX_WRITES) {
            kinds[last] |= wanted;
        } else {
            if (count == keys.length) {
                grow();
            }
            kinds[count] = wanted;
            lengths[count] = 0;
            count++;
        }
        keys[count - 1] = key;
    }

    private void grow() {
        keys = Arrays.copyOf(keys, 2 * count);
        kinds = Arrays.copyOf(kinds, 2 * count);
        starts = Arrays.copyOf(starts, 2 * count);
        lengths = Arrays.copyOf(lengths, 2 * count);
    }

    /** True if a segment of {@code length} bytes at {@code seq} contains the last byte of such a write. */
    boolean covers(final int seq, final int length) {
        for (int i = 0; i < count; i++) {
            if (isIn(keys[i], seq, length)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isIn(final int key, final int seq, final int length) {
        return key - seq >= 0 && key - seq < length;
    }

    /** Retains the memory of a segment's headers while the segment is handed to the device. */
    void hold(final Region headers) {
        if (observer.wantsPackets()) {
            headers.retain();
            held = new Region[] {headers};
        }
    }

    /**
     * A segment was handed to the device, or refused.
     *
     * @param headerOffset offset of its IP header in the retained memory
     * @param headerLength length of all headers
     */
    void handed(
            final boolean sent,
            final int seq,
            final int length,
            final int headerOffset,
            final int headerLength,
            final long nowNanos) {
        byte[] packet = NO_PACKET;
        if (held.length > 0) {
            if (sent) {
                packet = new byte[headerLength + length];
                held[0].bytes().get(headerOffset, packet, 0, headerLength);
                tcb.sendQueue.copyOut(packet, headerLength, seq - tcb.queueStart(), length);
            }
            held[0].release();
            held = new Region[0];
        }
        for (int i = 0; sent && i < count; i++) {
            if (isIn(keys[i], seq, length)) {
                starts[i] = seq;
                lengths[i] = length;
                tell(i, SCHEDULED, StampObserver.SCHEDULED, packet, nowNanos);
                tell(i, SENT, StampObserver.SENT, packet, nowNanos);
            }
        }
    }

    private void tell(final int index, final int kind, final int what, final byte[] packet, final long nowNanos) {
        if ((kinds[index] & kind) != 0) {
            observer.stamped(what, keys[index], packet, nowNanos);
        }
    }

    /** SND.UNA is about to become {@code ack}. */
    void acknowledged(final int ack, final long nowNanos) {
        int done = 0;
        while (done < count && SequenceNumber.lessThan(keys[done], ack)) {
            tell(done, ACKNOWLEDGED, StampObserver.ACKNOWLEDGED, payload(done), nowNanos);
            done++;
        }
        if (done > 0) {
            count -= done;
            System.arraycopy(keys, done, keys, 0, count);
            System.arraycopy(kinds, done, kinds, 0, count);
            System.arraycopy(starts, done, starts, 0, count);
            System.arraycopy(lengths, done, lengths, 0, count);
        }
    }

    /** Unacknowledged payload of the segment that contained the last byte of the write. */
    private byte[] payload(final int index) {
        if (!observer.wantsPackets() || (kinds[index] & ACKNOWLEDGED) == 0) {
            return NO_PACKET;
        }
        final int from = SequenceNumber.max(starts[index], tcb.sndUna);
        final byte[] payload = new byte[Math.max(0, starts[index] + lengths[index] - from)];
        tcb.sendQueue.copyOut(payload, 0, from - tcb.queueStart(), payload.length);
        return payload;
    }
}
