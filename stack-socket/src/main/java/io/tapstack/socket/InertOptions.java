package io.tapstack.socket;

import io.tapstack.error.SocketError;

/**
 * Options of level {@code SOL_SOCKET} that a socket stores and returns, as on Linux, but that have no effect here: they
 * are about queues and messages that this stack does not have. Used with the stack's lock held.
 */
final class InertOptions {

    private static final int SO_DEBUG = 1;
    private static final int SO_DONTROUTE = 5;
    private static final int SO_BROADCAST = 6;
    private static final int SO_KEEPALIVE = 9;
    private static final int SO_OOBINLINE = 10;
    private static final int SO_PRIORITY = 12;
    private static final int SO_RCVLOWAT = 18;
    private static final int SO_SNDLOWAT = 19;
    private static final int SO_MARK = 36;
    private static final int SO_RXQ_OVFL = 40;
    private static final int SO_SELECT_ERR_QUEUE = SocketOptions.SO_SELECT_ERR_QUEUE;
    private static final int SO_BUSY_POLL = 46;
    private static final int SO_INCOMING_CPU = 49;

    private boolean debug;
    private boolean broadcast;
    private boolean keepAlive;
    private boolean urgentInLine;
    private boolean overflow;
    private boolean selectErrors;
    private boolean dontRoute;
    private int busyPollMicros;
    private int incomingCpu = -1;
    private int priority;
    private int mark;
    private int receiveLowWater = 1;

    InertOptions() {
        // The defaults.
    }

    /** The options of an accepted socket, inherited from its listener. */
    InertOptions(final InertOptions inherited) {
        this.debug = inherited.debug;
        this.dontRoute = inherited.dontRoute;
        this.busyPollMicros = inherited.busyPollMicros;
        this.broadcast = inherited.broadcast;
        this.overflow = inherited.overflow;
        this.selectErrors = inherited.selectErrors;
        this.mark = inherited.mark;
    }

    int set(final int name, final int value) {
        final boolean on = value != 0;
        switch (name) {
            case SO_DEBUG -> debug = on;
            case SO_BROADCAST -> broadcast = on;
            case SO_KEEPALIVE -> keepAlive = on;
            case SO_OOBINLINE -> urgentInLine = on;
            case SO_DONTROUTE -> dontRoute = on;
            case SO_BUSY_POLL -> {
                if (value < 0) {
                    return -SocketError.EINVAL.errno();
                }
                busyPollMicros = value;
            }
            case SO_INCOMING_CPU -> incomingCpu = value;
            case SO_PRIORITY -> priority = value;
            case SO_RCVLOWAT -> receiveLowWater = value < 0 ? Integer.MAX_VALUE : Math.max(1, value);
            case SO_MARK -> mark = value;
            case SO_RXQ_OVFL -> overflow = on;
            case SO_SELECT_ERR_QUEUE -> selectErrors = on;
            default -> {
                return -SocketError.ENOPROTOOPT.errno();
            }
        }
        return 0;
    }

    int get(final int name) {
        return switch (name) {
            case SO_DEBUG -> number(debug);
            case SO_BROADCAST -> number(broadcast);
            case SO_KEEPALIVE -> number(keepAlive);
            case SO_OOBINLINE -> number(urgentInLine);
            case SO_DONTROUTE -> number(dontRoute);
            case SO_BUSY_POLL -> busyPollMicros;
            case SO_INCOMING_CPU -> incomingCpu;
            case SO_PRIORITY -> priority;
            case SO_RCVLOWAT -> receiveLowWater;
            case SO_SNDLOWAT -> 1;
            case SO_MARK -> mark;
            case SO_RXQ_OVFL -> number(overflow);
            case SO_SELECT_ERR_QUEUE -> number(selectErrors);
            default -> -SocketError.ENOPROTOOPT.errno();
        };
    }

    private static int number(final boolean on) {
        return on ? 1 : 0;
    }
}
