package io.tapstack.arp;

import io.tapstack.event.StackStatistics;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.MacAddress;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Address conflict detection for one of our addresses (RFC 5227): probes for it before use, announces it, and defends
 * it.
 *
 * <p>The address was configured by a person, and the programs behind it must be reachable. So the claim follows choice
 * (c) of RFC 5227 2.4, which never gives up an address in use; from (b) it takes the limit of one defence in ten
 * seconds, so that two hosts with one address do not fight without end.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class AddressClaim {

    /** The state of a claim. */
    public enum State {
        /** Not started. */
        IDLE,
        /** Probing for another host with the address; not ours yet. */
        PROBING,
        /** In use. */
        OURS,
        /** Another host has the address; it is not used. */
        REFUSED
    }

    /** Sends the packets of RFC 5227. */
    interface Announcer {
        /** Sends a request with the sender address zero (1.1, "ARP Probe"). */
        void probe();

        /** Sends a request with sender and target our address (1.1, "ARP Announcement"). */
        void announce();
    }

    private static final Logger LOG = LoggerFactory.getLogger(AddressClaim.class);

    // RFC 5227 1.1
    private static final long SECOND = 1_000_000_000L;
    static final long PROBE_WAIT = SECOND;
    static final int PROBE_NUM = 3;
    static final long PROBE_MIN = SECOND;
    static final long PROBE_MAX = 2 * SECOND;
    static final long ANNOUNCE_WAIT = 2 * SECOND;
    static final int ANNOUNCE_NUM = 2;
    static final long ANNOUNCE_INTERVAL = 2 * SECOND;
    static final long DEFEND_INTERVAL = 10 * SECOND;

    private final HostAddress address;
    private final TimerWheel wheel;
    private final RandomGenerator random;
    private final StackStatistics statistics;
    private final Announcer announcer;
    private final Timer timer;
    private State state = State.IDLE;
    private int probesSent;
    private int announcementsSent;
    private long lastDefence;
    private boolean everDefended;
    private long conflicts;
    private boolean following;

    AddressClaim(
            final HostAddress address,
            final TimerWheel wheel,
            final RandomGenerator random,
            final StackStatistics statistics,
            final Announcer announcer) {
        this.address = address;
        this.wheel = wheel;
        this.random = random;
        this.statistics = statistics;
        this.announcer = announcer;
        this.timer = new Timer(wheel, this::timeIsUp);
    }

    void start(final boolean probeFirst) {
        if (state != State.IDLE) {
            return;
        }
        if (probeFirst) {
            state(State.PROBING);
            // RFC 5227 2.1.1: hosts that are switched on together must not probe together.
            timer.arm(wheel.nowNanos() + random.nextLong(PROBE_WAIT));
        } else {
            state(State.OURS);
            announce();
        }
    }

    /**
     * Leaves the claim to another stack, which announces the address.
     *
     * @param probeFirst true if that stack probes: the address is not ours before it is {@linkplain #announcedForUs
     *     announced}
     */
    void follow(final boolean probeFirst) {
        following = true;
        state(probeFirst ? State.PROBING : State.OURS);
    }

    /** The other stack has announced the address. */
    void announcedForUs() {
        state(State.OURS);
    }

    void stop() {
        timer.cancel();
        state(State.IDLE);
        probesSent = 0;
        announcementsSent = 0;
    }

    public State state() {
        return state;
    }

    private void state(final State next) {
        state = next;
        address.state(
                switch (next) {
                    case IDLE, PROBING -> AddressState.TENTATIVE;
                    case OURS -> AddressState.PREFERRED;
                    case REFUSED -> AddressState.DUPLICATE;
                });
    }

    /** The address, whose state follows that of the claim. */
    public HostAddress address() {
        return address;
    }

    /** True if the 32 bits are those of the address. */
    boolean isFor(final int bits) {
        return address.address().ipv4Bits() == bits;
    }

    /** True if the address may be used. */
    public boolean isOurs() {
        return state == State.OURS;
    }

    /** The number of conflicts: uses of the address by another host. */
    public long conflicts() {
        return conflicts;
    }

    private void timeIsUp(final long nowNanos) {
        if (state == State.PROBING) {
            if (probesSent == PROBE_NUM) {
                state(State.OURS);
                announce();
                return;
            }
            announcer.probe();
            probesSent++;
            final long wait = probesSent < PROBE_NUM ? random.nextLong(PROBE_MIN, PROBE_MAX + 1) : ANNOUNCE_WAIT;
            timer.arm(nowNanos + wait);
        } else if (state == State.OURS) {
            announce();
        }
    }

    /** RFC 5227 2.3: two announcements, two seconds apart, so that no neighbour keeps a former owner's address. */
    private void announce() {
        announcer.announce();
        announcementsSent++;
        if (announcementsSent < ANNOUNCE_NUM) {
            timer.arm(wheel.nowNanos() + ANNOUNCE_INTERVAL);
        }
    }

    /** RFC 5227 2.1.1: while we probe, another host probes for the same address. */
    void probedByAnother(final long mac) {
        if (state == State.PROBING) {
            claimedByAnother(mac);
        }
    }

    /** Another host sends from our address. */
    void claimedByAnother(final long mac) {
        if (following) {
            // The stack that announces the address hears it, too.
            return;
        }
        conflicts++;
        statistics.observer().addressConflict(address.address(), MacAddress.of(mac));
        switch (state) {
            case PROBING -> {
                LOG.error("{} is in use by {}: the stack does not use it", address.address(), MacAddress.of(mac));
                timer.cancel();
                state(State.REFUSED);
            }
            case OURS -> defend(mac);
            case IDLE, REFUSED -> {}
        }
    }

    private void defend(final long mac) {
        final long now = wheel.nowNanos();
        // RFC 5227 2.4: more than one defence in DEFEND_INTERVAL would be an endless loop between two defenders.
        if (everDefended && now - lastDefence < DEFEND_INTERVAL) {
            return;
        }
        everDefended = true;
        lastDefence = now;
        LOG.warn("{} is also used by {}: the stack defends it", address.address(), MacAddress.of(mac));
        announcer.announce();
    }
}
