package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.ip.ErrorReport;

/**
 * SO_TIMESTAMP, SO_TIMESTAMPNS and SO_TIMESTAMPING of one socket, with Linux's numbers: the times to report, and their
 * form. Used with the stack's lock held.
 */
final class StampOptions {

    /** The flags of a send: SOF_TIMESTAMPING_TX_HARDWARE, _TX_SOFTWARE, _TX_SCHED, _TX_ACK, _TX_COMPLETION. */
    static final int TX_RECORD_MASK = 0x4_0303;

    static final int TX_SOFTWARE = 0x2;
    static final int TX_SCHED = 0x100;
    static final int TX_ACK = 0x200;

    private static final int RX_SOFTWARE = 0x8;
    private static final int SOFTWARE = 0x10;
    private static final int OPT_ID = 0x80;
    private static final int OPT_TSONLY = 0x800;
    private static final int OPT_STATS = 0x1000;
    private static final int BIND_PHC = 0x8000;
    private static final int OPT_ID_TCP = 0x1_0000;
    private static final int MASK = 0x7_FFFF;

    private int flags;
    private int stampingOption = SocketOptions.SO_TIMESTAMPING;
    // SO_TIMESTAMP or SO_TIMESTAMPNS, old or new, or 0.
    private int timeOption;
    // The id of the next datagram; of a stream, the sequence number that ids count from.
    private int idBase;

    StampOptions() {
        // No times are reported.
    }

    /** The options of an accepted socket, inherited from its listener. */
    StampOptions(final StampOptions inherited) {
        this.flags = inherited.flags;
        this.stampingOption = inherited.stampingOption;
        this.timeOption = inherited.timeOption;
    }

    /** True for the options of this class. */
    static boolean isOne(final int level, final int name) {
        return level == SocketOptions.SOL_SOCKET
                && switch (name) {
                    case SocketOptions.SO_TIMESTAMP,
                            SocketOptions.SO_TIMESTAMPNS,
                            SocketOptions.SO_TIMESTAMPING,
                            SocketOptions.SO_TIMESTAMP_NEW,
                            SocketOptions.SO_TIMESTAMPNS_NEW,
                            SocketOptions.SO_TIMESTAMPING_NEW -> true;
                    default -> false;
                };
    }

    /** @return 0 or a negative errno */
    int set(final int name, final int value) {
        if (name == SocketOptions.SO_TIMESTAMPING || name == SocketOptions.SO_TIMESTAMPING_NEW) {
            return setFlags(name, value);
        }
        // The option that was set last decides the form of the time.
        timeOption = value == 0 ? 0 : name;
        return 0;
    }

    private int setFlags(final int name, final int value) {
        final boolean tcpIds = (value & OPT_ID_TCP) != 0 && (value & OPT_ID) == 0;
        if ((value & ~MASK) != 0 || tcpIds) {
            return -SocketError.EINVAL.errno();
        }
        if ((value & (OPT_STATS | BIND_PHC)) != 0) {
            return -SocketError.EOPNOTSUPP.errno();
        }
        if (beginsIds(value)) {
            idBase = 0;
        }
        flags = value;
        stampingOption = name;
        return 0;
    }

    int get(final int name) {
        if (name == SocketOptions.SO_TIMESTAMPING || name == SocketOptions.SO_TIMESTAMPING_NEW) {
            return name == stampingOption ? flags : 0;
        }
        return name == timeOption ? 1 : 0;
    }

    /** True if {@code value} of SO_TIMESTAMPING starts counting ids. */
    boolean beginsIds(final int value) {
        return (value & OPT_ID) != 0 && (flags & OPT_ID) == 0;
    }

    /** Sets the sequence number that ids of a stream count from. */
    void idsFrom(final int sequence) {
        idBase = sequence;
    }

    /** True if ids count from the next byte to be written, not from SND.UNA. */
    static boolean countsFromWrites(final int value) {
        return (value & OPT_ID_TCP) != 0;
    }

    /** The id of a stream's byte. */
    int idOf(final int sequence) {
        return (flags & OPT_ID) == 0 ? 0 : sequence - idBase;
    }

    /** Takes the id of the next datagram. */
    int nextId() {
        return (flags & OPT_ID) == 0 ? 0 : idBase++;
    }

    /** The times of a send: those of {@code message}, or of the option. */
    int requested(final SentMessage message) {
        final int wanted = message.stamps() == SentMessage.UNSET ? flags : message.stamps();
        return wanted & (TX_SOFTWARE | TX_SCHED | TX_ACK);
    }

    boolean wantsPackets() {
        return (flags & OPT_TSONLY) == 0;
    }

    /** True if arrival times of data are wanted. */
    boolean stampsArrivals() {
        return timeOption != 0 || (flags & RX_SOFTWARE) != 0;
    }

    /** Sets the time in {@code message}, if it is known and wanted. */
    void tell(final ReceivedMessage message, final long nanos, final boolean isReport) {
        final boolean stamped = (flags & SOFTWARE) != 0 && (isReport || (flags & RX_SOFTWARE) != 0);
        if (nanos != ErrorReport.NO_TIME && (stamped || timeOption != 0)) {
            message.time(nanos, timeOption, stamped ? stampingOption : 0);
        }
    }
}
