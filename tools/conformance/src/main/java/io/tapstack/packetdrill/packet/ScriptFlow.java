package io.tapstack.packetdrill.packet;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A connection of a script (or a pair of UDP ports), and the mapping of its numbers to those on the wire. A script
 * counts sequence numbers from 0 in both directions; only a segment with SYN names an initial sequence number.
 * Timestamps of the stack are mapped, too: a script writes any number, and echoes it later.
 *
 * <p>Confined to one thread.
 */
public final class ScriptFlow {

    private final int protocol;
    private int localPort;
    private int remotePort;

    // Initial sequence numbers on the wire, and the script's number for the stack's.
    private int localIss;
    private int scriptLocalIss;
    private boolean localIssKnown;
    private int remoteIss;
    private boolean remoteIssKnown;

    /** The script has sent a SYN with another number: the connection may start anew. */
    private boolean reopened;

    private final Map<Integer, Integer> wireTimestamps = new HashMap<>();
    private boolean timestampSeen;
    private int firstScriptTimestamp;
    private int firstWireTimestamp;

    /**
     * @param localPort of the stack, 0 if not known yet
     * @param remotePort of the script's end
     */
    ScriptFlow(final int protocol, final int localPort, final int remotePort) {
        this.protocol = protocol;
        this.localPort = localPort;
        this.remotePort = remotePort;
    }

    int protocol() {
        return protocol;
    }

    int remotePort() {
        return remotePort;
    }

    /** The stack's port, 0 if it is not known yet. */
    public int localPort() {
        return localPort;
    }

    /** Sets the port that the stack has chosen. */
    public void localPort(final int port) {
        localPort = port;
    }

    /** True if the script's end has this port. */
    public boolean isTo(final int port) {
        return remotePort == port;
    }

    // ---- Sequence numbers

    /** The offset from a script's number in the stack's stream to the wire. */
    int localOffset(final boolean syn) {
        return syn ? localIss - scriptLocalIss : localIss;
    }

    /** The offset from a script's number in its own stream to the wire: none in a SYN, the initial number elsewhere. */
    int remoteOffset(final boolean syn) {
        return syn ? 0 : remoteIss;
    }

    /** The script sends a SYN. */
    void remoteSyn(final int sequence) {
        if (!remoteIssKnown) {
            remoteIss = sequence;
            remoteIssKnown = true;
        } else if (sequence != remoteIss) {
            reopened = true;
        }
    }

    /**
     * The stack has sent a SYN.
     *
     * @param scriptSequence the script's number for its sequence number
     * @param acknowledgment on the wire: if the connection has started anew, it shows the script's new initial sequence
     *     number
     */
    void localSyn(final int sequence, final int scriptSequence, final OptionalInt acknowledgment) {
        if (localIssKnown && !(reopened && acknowledgment.isPresent() && sequence != localIss)) {
            return;
        }
        localIss = sequence;
        scriptLocalIss = scriptSequence;
        localIssKnown = true;
        if (reopened && acknowledgment.isPresent()) {
            remoteIss = acknowledgment.getAsInt() - 1;
            reopened = false;
        }
    }

    // ---- Timestamps

    /** The stack has sent {@code wire} where the script has {@code script}. */
    void localTimestamp(final int script, final int wire) {
        wireTimestamps.put(script, wire);
        if (!timestampSeen) {
            timestampSeen = true;
            firstScriptTimestamp = script;
            firstWireTimestamp = wire;
        }
    }

    /** The script's number for a timestamp of the stack, at one unit per tick. */
    int scriptTimestamp(final int wire) {
        return timestampSeen ? wire - firstWireTimestamp + firstScriptTimestamp : wire;
    }

    /**
     * The stack's timestamp for a number of the script.
     *
     * @throws IOException if the script has not expected any yet
     */
    int wireTimestamp(final int script) throws IOException {
        final Integer known = wireTimestamps.get(script);
        if (known != null) {
            return known;
        }
        if (!timestampSeen) {
            throw new IOException("TS ecr " + Integer.toUnsignedString(script)
                    + " echoes nothing: the script has expected no packet with a TS val before");
        }
        return script - firstScriptTimestamp + firstWireTimestamp;
    }
}
