package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The faults of a TAP, and their messages. */
@InPrivateNetwork
@OnBothDrivers
class TapTroubleTest {

    private final BufferPool pool = new BufferPool();
    private final TapConfig config;

    TapTroubleTest(final TapIo io) {
        this.config = TapDeviceTest.CONFIG.withIo(io);
    }

    @Test
    void aTapInUseIsRefused() throws IOException {
        try (TapDevice tap = TapDevice.open(config)) {
            assertThat(tap.name()).isEqualTo("tap0");
            assertRefused(config, "TAP tap0 is in use by another process");
        }
    }

    /** The io_uring of a process that was killed lets its TAP go a moment after its end. */
    @Test
    void aTapThatIsLetGoSoonIsAwaited() throws Exception {
        final TapDevice earlier = TapDevice.open(config);
        final CompletableFuture<Void> end = CompletableFuture.runAsync(
                earlier::close, CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
        try (TapDevice tap = TapDevice.open(config)) {
            assertThat(tap.name()).isEqualTo("tap0");
        } finally {
            end.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void aNameOfAnotherKindOfInterfaceIsRefused() {
        assertRefused(TapConfig.named("lo"), "the name lo is taken by an interface that is not a plain TAP");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sixteen-letters-", "a b", "a/b", "a:b", ".", "..", "täp", "tap%s", "%d%d"})
    void aBadNameIsRefused(final String name) {
        assertRefused(TapConfig.named(name), "cannot be the name of a TAP");
    }

    @ParameterizedTest
    @ValueSource(ints = {67, 65_522, 1_000_000})
    void aBadMtuIsRefusedAndNothingStays(final int mtu) throws IOException {
        assertRefused(config.withMtu(mtu), "cannot have an MTU of " + mtu);
        try (HostInterface host = new HostInterface("tap0")) {
            assertThat(host.exists()).isFalse();
        }
    }

    @Test
    void anAddressOfAnotherInterfaceIsRefused() throws IOException {
        try (TapDevice first = TapDevice.open(config)) {
            assertThat(first.name()).isEqualTo("tap0");
            assertRefused(
                    TapConfig.named("tap1").withHostAddress(HostAddress.parse("10.0.0.1/16")),
                    "address 10.0.0.1 is in use on tap0");
        }
    }

    @Test
    void awaitEndsInTime() throws IOException {
        try (TapDevice tap = quiet()) {
            final long start = System.nanoTime();
            tap.await(TimeUnit.MILLISECONDS.toNanos(30));
            assertThat(System.nanoTime() - start).isBetween(30_000_000L, 5_000_000_000L);
            tap.await(0);
            tap.await(-1);
        }
    }

    @Test
    void aWakeupEndsTheNextAwaitAndOnlyThat() throws IOException {
        try (TapDevice tap = quiet()) {
            tap.wakeup();
            tap.wakeup();
            tap.await(Long.MAX_VALUE);
            final long start = System.nanoTime();
            tap.await(TimeUnit.MILLISECONDS.toNanos(20));
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000L);
        }
    }

    @Test
    void aWakeupEndsTheAwaitThatIsGoingOn() throws Exception {
        try (TapDevice tap = quiet()) {
            final Thread waker = new Thread(() -> {
                sleep(20);
                tap.wakeup();
            });
            waker.start();
            tap.await(Long.MAX_VALUE);
            waker.join();
        }
    }

    @Test
    void closeEndsTheAwaitThatIsGoingOnAndAllLaterCallsFail() throws Exception {
        final TapDevice tap = quiet();
        final Thread closer = new Thread(() -> {
            sleep(20);
            tap.close();
            tap.close();
        });
        closer.start();
        tap.await(Long.MAX_VALUE);
        closer.join();
        assertThatThrownBy(() -> tap.receive(pool))
                .isInstanceOf(TapException.class)
                .hasMessage("TAP tap0 is closed");
        assertThatThrownBy(() -> tap.await(0)).isInstanceOf(TapException.class);
        tap.wakeup();
        try (HostInterface host = new HostInterface("tap0")) {
            assertThat(host.exists()).isFalse();
        }
    }

    @Test
    void aDeletedInterfaceIsNoticed() throws Exception {
        try (TapDevice tap = TapDevice.open(config)) {
            ip("link", "delete", "tap0");
            tap.await(TimeUnit.SECONDS.toNanos(5));
            assertThatThrownBy(() -> tap.receive(pool))
                    .isInstanceOf(TapException.class)
                    .hasMessageContaining("is gone");
            assertThatThrownBy(() -> send(tap, frame())).isInstanceOf(TapException.class);
            assertThat(pool.packetsInUse()).isEqualTo(1);
        }
    }

    @Test
    void anInterfaceThatIsDownIsFullUntilItIsUpAgain() throws Exception {
        try (TapDevice tap = TapDevice.open(config);
                HostInterface host = new HostInterface("tap0")) {
            ip("link", "set", "tap0", "down");
            final PacketBuffer frame = frame();
            fill(tap, frame);
            tap.await(TimeUnit.MILLISECONDS.toNanos(10));
            assertThat(tap.transmit(frame)).isFalse();
            final Thread administrator = new Thread(() -> {
                sleep(20);
                host.bringUp();
            });
            administrator.start();
            final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (!tap.transmit(frame)) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                tap.await(deadline - System.nanoTime());
            }
            administrator.join();
        }
    }

    /** writev(2) of a mapped file that was cut short answers EFAULT; the frame is lost, the device and the JVM live. */
    @Test
    void aFrameOverATruncatedFileIsCountedAndLost(@TempDir final Path directory) throws IOException {
        final Path file = directory.resolve("served");
        Files.write(file, new byte[100_000]);
        final StackStatistics statistics = new StackStatistics();
        try (TapDevice tap = TapDevice.open(config);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            tap.reportTo(statistics);
            final Region mapping = new Region(channel.map(MapMode.READ_ONLY, 0, 100_000)) {
                @Override
                public boolean isShared() {
                    return true;
                }

                @Override
                public int copyTo(final int offset, final ByteBuffer target, final int at, final int length) {
                    return 0; // gone for read(2), too
                }

                @Override
                protected void recycle() {}
            };
            final PacketBuffer whole = frame();
            whole.addSlice(mapping, 90_000, 1_000);
            assertThat(send(tap, whole)).isTrue();
            assertThat(statistics.drops()).isZero();
            channel.truncate(50_000);
            assertThat(send(tap, whole)).isTrue();
            assertThat(statistics.drops(DropReason.LINK_ERROR)).isEqualTo(1);
            whole.dropSlices();
            whole.addSlice(mapping, 1_000, 1_000);
            assertThat(send(tap, whole)).isTrue();
            assertThat(statistics.drops()).isEqualTo(1);
        }
    }

    @Test
    void aFrameShorterThanAHeaderIsCountedAndLost() throws IOException {
        final StackStatistics statistics = new StackStatistics();
        try (TapDevice tap = TapDevice.open(config)) {
            tap.reportTo(statistics);
            final PacketBuffer frame = frame();
            frame.trimTo(5);
            assertThat(send(tap, frame)).isTrue();
            assertThat(statistics.drops(DropReason.LINK_ERROR)).isEqualTo(1);
        }
    }

    private void assertRefused(final TapConfig config, final String problem) {
        assertThatExceptionOfType(TapException.class)
                .isThrownBy(() -> TapDevice.open(config).close())
                .satisfies(refusal -> {
                    assertThat(refusal.problem()).contains(problem);
                    assertThat(refusal.remedy()).isNotEmpty();
                    assertThat(refusal.getMessage()).doesNotContain("\n");
                });
    }

    /** A TAP that is down: the host sends nothing. */
    private TapDevice quiet() throws IOException {
        return TapDevice.open(config.leftDown());
    }

    /** Sends a frame as a batch of its own. */
    private static boolean send(final TapDevice tap, final PacketBuffer frame) throws IOException {
        final boolean taken = tap.transmit(frame);
        tap.flush();
        return taken;
    }

    /** Sends until the device is full, which a batch shows at its end. */
    private static void fill(final TapDevice tap, final PacketBuffer frame) throws IOException {
        for (int i = 0; send(tap, frame); i++) {
            assertThat(i).isLessThan(1);
        }
    }

    private PacketBuffer frame() {
        return TestFrames.forNobody(pool, 64);
    }

    static void ip(final String... arguments) throws Exception {
        final String[] command = new String[arguments.length + 1];
        command[0] = "ip";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        final Process process;
        try {
            process = new ProcessBuilder(command).inheritIO().start();
        } catch (final IOException absent) {
            assumeTrue(false, "no ip command: apt-get install iproute2");
            return;
        }
        assertThat(process.waitFor()).isZero();
    }

    private static void sleep(final long millis) {
        try {
            Thread.sleep(millis);
        } catch (final InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
