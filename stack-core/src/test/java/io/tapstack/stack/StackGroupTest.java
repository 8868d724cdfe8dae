package io.tapstack.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.SteeredLink;
import io.tapstack.time.Clock;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several drivers that start and end together; {@code StackGroupSimulationTest} tests their stacks. */
@Timeout(30)
final class StackGroupTest {

    private static final StackConfig CONFIG =
            StackConfig.of(new InterfaceAddress(IpAddress.parse("10.0.0.2"), 24), new SplittableRandom(1));

    private final List<QuietDevice> devices = List.of(new QuietDevice(), new QuietDevice(), new QuietDevice());
    private final StackGroup group = new StackGroup(devices, CONFIG, Clock.system(), "group", Waiting.ADAPTIVE);

    @AfterEach
    void close() {
        group.close();
    }

    @Test
    void allRunAndAllEnd() throws InterruptedException {
        group.start();
        for (final QuietDevice device : devices) {
            device.sleeps.acquire();
        }
        group.close();
        assertThat(devices).allMatch(device -> device.closed);
        assertThat(group.failure()).isNull();
    }

    @Test
    void oneThatFailsEndsAll() throws InterruptedException {
        final CountDownLatch ended = new CountDownLatch(devices.size());
        for (int i = 0; i < group.size(); i++) {
            group.driver(i).stackLock().lock();
            group.driver(i).stackLock().whenEnded(ended::countDown);
            group.driver(i).stackLock().unlock();
        }
        group.start();
        final IOException gone = new IOException("gone");
        devices.get(1).failure = gone;
        devices.get(1).rouse();
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(group.failure()).isEqualTo(gone);
        group.close();
        assertThat(devices).allMatch(device -> device.closed);
    }

    @Test
    void memoryIsSharedOut() {
        for (int i = 0; i < group.size(); i++) {
            assertThat(group.stack(i).pool().limitBytes()).isEqualTo(CONFIG.memoryLimitBytes() / devices.size());
        }
    }

    @Test
    void aSingleOneIsAStackLikeAnyOther() {
        final QuietDevice device = new QuietDevice();
        try (StackGroup single = new StackGroup(List.of(device), CONFIG, Clock.system(), "single", Waiting.ADAPTIVE)) {
            assertThat(single.stack(0).device()).isEqualTo(device).isNotInstanceOf(SteeredLink.class);
        }
        assertThat(device.closed).isTrue();
    }
}
