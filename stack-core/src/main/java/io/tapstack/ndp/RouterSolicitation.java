package io.tapstack.ndp;

import io.tapstack.ip.AddressList;
import io.tapstack.ip.AddressScope;
import io.tapstack.ip.HostAddress;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import java.util.random.RandomGenerator;

/**
 * Solicits routers until one offers itself as default router (RFC 4861 6.3.7), without end and with a growing interval
 * (RFC 7559).
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class RouterSolicitation {

    // RFC 7559 2: IRT and MRT of RFC 8415 15; MRC and MRD are 0, so it never gives up.
    static final long IRT = 4_000_000_000L;
    static final long MRT = 3_600_000_000_000L;

    private final NdpOutput output;
    private final AddressList addresses;
    private final TimerWheel wheel;
    private final RandomGenerator random;
    private final Timer timer;
    private long rt;

    RouterSolicitation(
            final NdpOutput output, final AddressList addresses, final TimerWheel wheel, final RandomGenerator random) {
        this.output = output;
        this.addresses = addresses;
        this.wheel = wheel;
        this.random = random;
        this.timer = new Timer(wheel, this::timeIsUp);
    }

    /** Starts to solicit after {@code delayNanos}; does nothing if it does so already. */
    void start(final long delayNanos) {
        if (!timer.isArmed()) {
            rt = 0;
            timer.arm(wheel.nowNanos() + delayNanos);
        }
    }

    /** A default router is there. */
    void stop() {
        timer.cancel();
    }

    boolean isRunning() {
        return timer.isArmed();
    }

    private void timeIsUp(final long nowNanos) {
        output.solicitRouters(source());
        rt = next(rt);
        timer.arm(nowNanos + rt);
    }

    /** RFC 8415 15: the interval doubles up to MRT; each is changed by up to a tenth, so that hosts spread. */
    private long next(final long last) {
        final long base = last == 0 ? IRT : 2 * last;
        final double rand = (random.nextDouble() - 0.5) / 5;
        final long jittered = last == 0 ? (long) (IRT * (1 + rand)) : (long) (base + rand * last);
        return jittered > MRT ? (long) (MRT * (1 + rand)) : jittered;
    }

    /** RFC 4861 6.3.7: an address of ours, or the unspecified one while there is none. */
    private IpAddress source() {
        for (int i = 0; i < addresses.size(); i++) {
            final HostAddress each = addresses.get(i);
            final boolean linkLocal =
                    !each.address().isIpv4() && AddressScope.of(each.address()) == AddressScope.LINK_LOCAL;
            if (each.isUsable() && linkLocal) {
                return each.address();
            }
        }
        return IpAddress.ANY_IPV6;
    }
}
