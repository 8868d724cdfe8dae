package io.tapstack.buffer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one stack for bytes: direct blocks of a few sizes, cut from slabs, and the {@link PacketBuffer} objects
 * that refer to them. Taking and returning a block allocates nothing once the pool has grown to the size of the
 * traffic.
 *
 * <p>The limit is for code that <em>keeps</em> memory (queues, reassembly, neighbours): it asks
 * {@link #underPressure()} first and refuses or drops. A frame that only passes through always gets its block, so a
 * stack at its limit can still answer, acknowledge and thereby free memory.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class BufferPool {

    /** Enough for all headers with options and a little payload. */
    public static final int SMALL = 256;

    /** A frame of an Ethernet with the usual MTU. */
    public static final int FRAME = 2_048;

    /** A block of a send queue, and a jumbo frame. */
    public static final int BLOCK = 16_384;

    /** A super-segment of 64 KiB with its headers. */
    public static final int SUPER = 69_632;

    /** Default for {@link #limitBytes()}. */
    public static final long DEFAULT_LIMIT_BYTES = 256L << 20;

    private static final int[] SIZES = {SMALL, FRAME, BLOCK, SUPER};
    private static final int SLAB_BYTES = 1 << 18;

    private final @Nullable PooledRegion[] free = new PooledRegion[SIZES.length];
    private @Nullable PacketBuffer freePackets;
    private final long limitBytes;
    private long bytesInUse;
    private long bytesAllocated;
    private int regionsInUse;
    private int packetsInUse;

    public BufferPool() {
        this(DEFAULT_LIMIT_BYTES);
    }

    /** @param limitBytes memory in use from which on no queue may keep more */
    public BufferPool(final long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * Takes a block of at least {@code size} bytes, held once by the caller. Its bytes are those of the last user.
     *
     * @param size at most {@link #SUPER}
     */
    public Region region(final int size) {
        final int sizeClass = sizeClass(size);
        PooledRegion region = free[sizeClass];
        if (region == null) {
            grow(sizeClass);
            region = free[sizeClass];
            assert region != null;
        }
        free[sizeClass] = region.nextFree;
        region.nextFree = null;
        region.revive();
        bytesInUse += SIZES[sizeClass];
        regionsInUse++;
        return region;
    }

    /** Takes an empty packet over a block of at least {@code size} bytes, with its head at {@code headroom}. */
    public PacketBuffer packet(final int size, final int headroom) {
        PacketBuffer packet = freePackets;
        if (packet == null) {
            packet = new PacketBuffer(this);
        } else {
            freePackets = packet.nextFree;
            packet.nextFree = null;
        }
        packetsInUse++;
        packet.begin(region(size), headroom);
        return packet;
    }

    /** Takes a packet that holds {@code bytes}, behind {@code headroom} free bytes. */
    public PacketBuffer packet(final byte[] bytes, final int headroom) {
        final PacketBuffer packet = packet(headroom + bytes.length, headroom);
        packet.memory().bytes().put(packet.append(bytes.length), bytes);
        return packet;
    }

    /** True when the memory in use has reached the limit: a queue refuses further bytes. */
    public boolean underPressure() {
        return bytesInUse >= limitBytes;
    }

    /** True when three quarters of the limit are in use: no queue grows further. */
    public boolean isTight() {
        return bytesInUse >= limitBytes - limitBytes / 4;
    }

    /** Bytes in use from which on {@link #underPressure()} is true. */
    public long limitBytes() {
        return limitBytes;
    }

    /** Capacity of all blocks in use, in bytes. */
    public long bytesInUse() {
        return bytesInUse;
    }

    /** Capacity of all blocks that were ever made, in bytes: the pool's share of the process's memory. */
    public long bytesAllocated() {
        return bytesAllocated;
    }

    /** Blocks in use; for leak checks. */
    public int regionsInUse() {
        return regionsInUse;
    }

    /** Packets in use; for leak checks. */
    public int packetsInUse() {
        return packetsInUse;
    }

    void takeBack(final PooledRegion region) {
        region.nextFree = free[region.sizeClass];
        free[region.sizeClass] = region;
        bytesInUse -= SIZES[region.sizeClass];
        regionsInUse--;
    }

    void takeBack(final PacketBuffer packet) {
        packet.nextFree = freePackets;
        freePackets = packet;
        packetsInUse--;
    }

    private static int sizeClass(final int size) {
        for (int sizeClass = 0; sizeClass < SIZES.length; sizeClass++) {
            if (size <= SIZES[sizeClass]) {
                return sizeClass;
            }
        }
        throw new IllegalArgumentException("no block of " + size + " bytes: the largest is " + SUPER);
    }

    private void grow(final int sizeClass) {
        final int size = SIZES[sizeClass];
        final int count = Math.max(1, SLAB_BYTES / size);
        final ByteBuffer slab = ByteBuffer.allocateDirect(count * size);
        bytesAllocated += slab.capacity();
        for (int i = 0; i < count; i++) {
            final PooledRegion region = new PooledRegion(this, sizeClass, slab.slice(i * size, size));
            region.nextFree = free[sizeClass];
            free[sizeClass] = region;
        }
    }
}
