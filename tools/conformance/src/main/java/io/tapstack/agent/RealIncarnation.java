package io.tapstack.agent;

import io.tapstack.agent.AgentLink.Sent;
import io.tapstack.conformance.setting.Setting;
import io.tapstack.link.LinkDevice;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.StackDriver;
import io.tapstack.stack.StackLock;
import io.tapstack.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stack in real time, with a thread of its own. */
final class RealIncarnation extends Incarnation {

    private static final Caller ANY_CALLER = new Caller() {
        @Override
        public void begin() {
            // Real time needs no permission to run.
        }

        @Override
        public void end() {
            // As in begin.
        }

        @Override
        public void leave() {
            // As in begin.
        }
    };

    private final StackDriver driver;
    private final LinkDevice device;
    private final long startNanos;

    private RealIncarnation(
            final NetworkStack stack,
            final StackDriver driver,
            final List<Setting> settings,
            final long startMicros,
            final long startNanos) {
        super(driver.stackLock(), stack, settings, startMicros);
        this.driver = driver;
        this.device = stack.device();
        this.startNanos = startNanos;
    }

    /** @param device closed with the incarnation */
    static RealIncarnation start(
            final LinkDevice device, final StackConfig config, final List<Setting> settings, final long startMicros) {
        final Clock clock = Clock.system();
        final long now = clock.nanoTime();
        final NetworkStack stack = new NetworkStack(device, config, now);
        final StackDriver driver = new StackDriver(stack, clock, "agent");
        final RealIncarnation started = new RealIncarnation(stack, driver, settings, startMicros, now);
        driver.start();
        return started;
    }

    @Override
    StackLock stackLock() {
        return driver.stackLock();
    }

    @Override
    long nanos() {
        return driver.stackLock().now();
    }

    @Override
    long startNanos() {
        return startNanos;
    }

    @Override
    Caller join() {
        return ANY_CALLER;
    }

    @Override
    @Nullable
    AgentLink link() {
        return device instanceof AgentLink link ? link : null;
    }

    @Override
    void packetArrived() {
        device.wakeup();
    }

    @Override
    @Nullable
    Sent nextPacket(final AgentLink from) throws InterruptedException {
        return from.take(PACKET_TIMEOUT_NANOS);
    }

    @Override
    void advance(final long micros) throws InterruptedException {
        TimeUnit.MICROSECONDS.sleep(micros);
    }

    @Override
    void catchUp() {
        // Real time runs by itself.
    }

    @Override
    public void close() {
        calls().closeAll();
        driver.close();
    }
}
