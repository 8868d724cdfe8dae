package io.tapstack.buffer;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * All memory of one stack that bytes live in: direct blocks of a few sizes, cut from slabs, and the
 * {@link PacketBuffer} objects that refer to them. Blocks are handed out and taken back without allocation once the
 * pool has grown to what the traffic needs.
 *
 * <p>The limit is a rule for those who <em>keep</em> memory (queues, reassembly, neighbours): they ask
 * {@link #underPressure()} first and refuse or drop. A frame that only passes through always gets its block, so a stack
 * at its limit can still answer, acknowledge and thereby free memory.
 *
 * <p>Confined to whoever runs the stack.
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

    /** @param limitBytes memory in use from which on nobody may keep more */
    public BufferPool(final long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * A block of at least {@code size} bytes, held once by the caller. Its bytes are whatever the last user left.
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

    /** A packet over a block of at least {@code size} bytes, empty, with its head at {@code headroom}. */
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

    /** A packet that holds {@code bytes}, with so much headroom in front of them. */
    public PacketBuffer packet(final byte[] bytes, final int headroom) {
        final PacketBuffer packet = packet(headroom + bytes.length, headroom);
        packet.memory().bytes().put(packet.append(bytes.length), bytes);
        return packet;
    }

    /** True when memory in use has reached the limit: whoever wants to keep bytes has to refuse them. */
    public boolean underPressure() {
        return bytesInUse >= limitBytes;
    }

    /** True when three quarters of the limit are in use: nobody should want more than they have. */
    public boolean isTight() {
        return bytesInUse >= limitBytes - limitBytes / 4;
    }

    /** Bytes in use from which on {@link #underPressure()} holds. */
    public long limitBytes() {
        return limitBytes;
    }

    /** Capacity of all blocks handed out, in bytes. */
    public long bytesInUse() {
        return bytesInUse;
    }

    /** Capacity of all blocks that were ever made, in bytes: what the pool costs the process. */
    public long bytesAllocated() {
        return bytesAllocated;
    }

    /** Blocks handed out and not taken back; for leak checks. */
    public int regionsInUse() {
        return regionsInUse;
    }

    /** Packets handed out and not released; for leak checks. */
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
