package io.tapstack.ndp;

import io.tapstack.event.StackStatistics;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.GroupMembership;
import io.tapstack.ip.HostAddress;
import io.tapstack.time.Lifetime;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.Ipv6Groups;
import io.tapstack.wire.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Duplicate Address Detection (RFC 4862 5.4): joins the group of a tentative address, solicits it, and assigns the
 * address if nobody answers. A nonce tells our own solicitations, which a looped link brings back, from those of
 * another host (RFC 7527).
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class DuplicateAddressDetection {

    /** Receives the result for one address. */
    @FunctionalInterface
    interface Outcome {
        /** Another host has the address; its state is {@link AddressState#DUPLICATE}. */
        void duplicate(HostAddress address);
    }

    private static final Logger LOG = LoggerFactory.getLogger(DuplicateAddressDetection.class);
    private static final long MAX_DELAY_NANOS = 1_000_000_000L;

    /** Further solicitations after one came back to us (RFC 7527 4.1: MAX_MULTICAST_SOLICIT). */
    private static final int PROBES_AFTER_LOOP = 3;

    private final NdpOutput output;
    private final GroupMembership groups;
    private final TimerWheel wheel;
    private final StackStatistics statistics;
    private final RandomGenerator random;
    private final Outcome outcome;
    private final int probes;
    private final boolean speaks;
    private final List<Check> checks = new ArrayList<>();
    private long retransNanos;

    DuplicateAddressDetection(
            final NdpOutput output,
            final GroupMembership groups,
            final NdpConfig config,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random,
            final Outcome outcome) {
        this.output = output;
        this.groups = groups;
        this.wheel = wheel;
        this.statistics = statistics;
        this.random = random;
        this.outcome = outcome;
        this.probes = config.duplicateProbes();
        this.speaks = config.speaksForAddress();
        this.retransNanos = config.neighbors().requestIntervalNanos();
    }

    /** Sets the time between two solicitations (RFC 4862 5.1, RetransTimer). */
    void retransNanos(final long nanos) {
        retransNanos = nanos;
    }

    /** Checks an address, which is tentative, and assigns it; the group of the address is joined in either case. */
    void start(final HostAddress address) {
        if (!speaks) {
            // Another stack checks the address and announces it.
            groups.join(Ipv6Groups.solicitedNode(address.address()));
        } else if (probes == 0) {
            groups.join(Ipv6Groups.solicitedNode(address.address()));
            assign(address);
        } else {
            checks.add(new Check(address));
        }
    }

    /** The stack that speaks for the address has announced it. */
    void announcedForUs(final HostAddress address) {
        if (!speaks && address.state() == AddressState.TENTATIVE) {
            assign(address);
        }
    }

    /** Ends the check of an address that is about to be removed, and leaves its group. */
    void release(final HostAddress address) {
        final Check check = check(address);
        if (check != null) {
            checks.remove(check);
            check.timer.cancel();
        }
        final boolean joined = check == null ? address.state() != AddressState.DUPLICATE : check.joined;
        if (joined) {
            groups.leave(Ipv6Groups.solicitedNode(address.address()));
        }
    }

    void stop() {
        checks.forEach(check -> check.timer.cancel());
        checks.clear();
    }

    /** The number of addresses being checked. */
    int checking() {
        return checks.size();
    }

    /** RFC 4862 5.4.3: a solicitation from the unspecified address for one of our tentative addresses. */
    void solicitedByAnother(final HostAddress address, final long nonce) {
        final Check check = check(address);
        if (check == null) {
            return;
        }
        if (nonce != NdpOptions.NONE && check.sent(nonce)) {
            check.looped();
        } else {
            duplicate(check, NdpOptions.NONE);
        }
    }

    /** RFC 4862 5.4.4: an advertisement for one of our tentative addresses. */
    void advertisedByAnother(final HostAddress address, final long mac) {
        final Check check = check(address);
        if (check != null) {
            duplicate(check, mac);
        }
    }

    private @Nullable Check check(final HostAddress address) {
        for (int i = 0; i < checks.size(); i++) {
            if (checks.get(i).address == address) {
                return checks.get(i);
            }
        }
        return null;
    }

    private void duplicate(final Check check, final long mac) {
        checks.remove(check);
        check.timer.cancel();
        final HostAddress address = check.address;
        final MacAddress other = mac == NdpOptions.NONE ? MacAddress.ZERO : MacAddress.of(mac);
        LOG.error("{} is in use by another host: the stack does not use it", address.address());
        statistics.observer().addressConflict(address.address(), other);
        if (check.joined) {
            groups.leave(Ipv6Groups.solicitedNode(address.address()));
        }
        address.state(AddressState.DUPLICATE);
        outcome.duplicate(address);
    }

    private void assign(final HostAddress address) {
        final boolean old = Lifetime.isOver(address.preferredUntilNanos(), wheel.nowNanos());
        address.state(old ? AddressState.DEPRECATED : AddressState.PREFERRED);
        if (speaks) {
            // RFC 9131 6.1.2: routers learn the address before the first packet to it comes back.
            output.advertise(address.address(), Ipv6Groups.ALL_ROUTERS, 0);
        }
    }

    /** The check of one address. */
    private final class Check {

        private final HostAddress address;
        private final Timer timer;
        private final long[] nonces = new long[8];
        private int sent;
        private int toSend = probes;
        private boolean joined;
        private boolean looped;

        Check(final HostAddress address) {
            this.address = address;
            this.timer = new Timer(wheel, this::timeIsUp);
            // RFC 4862 5.4.2: hosts that are switched on together, or hear the same router, must not ask together.
            timer.arm(wheel.nowNanos() + random.nextLong(MAX_DELAY_NANOS));
        }

        private void timeIsUp(final long nowNanos) {
            if (sent == toSend) {
                checks.remove(this);
                assign(address);
                return;
            }
            if (!joined) {
                joined = true;
                groups.join(Ipv6Groups.solicitedNode(address.address()));
            }
            final long nonce = random.nextLong() & 0xFFFF_FFFF_FFFFL;
            nonces[sent++ % nonces.length] = nonce;
            output.probeDuplicate(address.address(), nonce);
            timer.arm(nowNanos + retransNanos);
        }

        boolean sent(final long nonce) {
            for (int i = 0; i < Math.min(sent, nonces.length); i++) {
                if (nonces[i] == nonce) {
                    return true;
                }
            }
            return false;
        }

        void looped() {
            if (!looped) {
                looped = true;
                toSend += PROBES_AFTER_LOOP;
            }
        }
    }
}
