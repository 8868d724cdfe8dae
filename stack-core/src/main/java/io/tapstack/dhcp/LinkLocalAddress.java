package io.tapstack.dhcp;

import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.ip.v4.Ipv4Interface;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A link-local IPv4 address (RFC 3927): a random one of 169.254.0.0/16, which is probed before its use; after a
 * conflict another one.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class LinkLocalAddress {

    // RFC 3927 9
    private static final int MAX_CONFLICTS = 10;
    private static final long RATE_LIMIT_INTERVAL = 60_000_000_000L;

    /** RFC 3927 2.1: the first and the last 256 addresses are reserved. */
    private static final int FIRST = 0xA9FE_0100;

    private static final int COUNT = 0xFE00;
    private static final int PREFIX_LENGTH = 16;

    private final Ipv4Interface on;
    private final RandomGenerator random;
    private final TimerWheel wheel;
    private final Timer retry;
    private @Nullable HostAddress address;
    private int conflicts;
    private boolean running;

    public LinkLocalAddress(final Ipv4Interface on, final TimerWheel wheel, final RandomGenerator random) {
        this.on = on;
        this.random = random;
        this.wheel = wheel;
        this.retry = new Timer(wheel, now -> choose());
        on.addresses().listen(this::changed);
    }

    /** Chooses an address and probes for it. */
    public void start() {
        if (!running) {
            running = true;
            conflicts = 0;
            choose();
        }
    }

    /** Removes the address. */
    public void stop() {
        running = false;
        retry.cancel();
        final HostAddress used = address;
        address = null;
        if (used != null) {
            on.remove(used);
        }
    }

    /** The address, in any state, or null. */
    public @Nullable HostAddress address() {
        return address;
    }

    private void choose() {
        final int bits = FIRST + random.nextInt(COUNT);
        address = on.add(new InterfaceAddress(IpAddress.ipv4(bits), PREFIX_LENGTH), HostAddress.Origin.LINK_LOCAL);
    }

    private void changed(final HostAddress changed) {
        if (running && changed == address && changed.state() == AddressState.DUPLICATE) {
            conflicts++;
            address = null;
            // RFC 3927 2.2.1: after MAX_CONFLICTS only one new address in a minute.
            final long delay = conflicts >= MAX_CONFLICTS ? RATE_LIMIT_INTERVAL : 0;
            retry.arm(wheel.nowNanos() + delay);
            on.remove(changed);
        }
    }
}
