package io.tapstack.link;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.NdpMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One queue of an interface with several queues, which share an address and have a stack each. The host delivers a
 * frame to any queue; the queue passes it to {@linkplain FrameClassifier the owner's}, by mailbox, and wakes the owner.
 * A frame that finds the mailbox full is lost and counted as {@link DropReason#LINK_MAILBOX_FULL} by the stack that
 * received it.
 *
 * <p>Correct with any host, fast with one that learns: Linux sends the frames of a connection to the queue that the
 * connection's own frames come from (tun_flow_update() in drivers/net/tun.c), so that as a rule only the first frame of
 * a connection, or the first one after seconds of silence, makes the detour.
 *
 * <p>The first queue's stack announces the address; the other stacks receive the announcement too.
 *
 * <p>Confined to the holder of the lock of the queue's stack, but for {@link #wakeup()}, {@link #isReady} and
 * {@link #await}, as every device.
 */
public final class SteeredLink extends ForwardingLink {

    /** Most frames from other queues that are delivered in a row. */
    private static final int BURST = 64;

    private final QueueShare share;
    private final FrameClassifier classifier;

    /** All queues of the interface, this one among them. */
    private final List<SteeredLink> queues;

    /** The mailbox of each queue to this one; the own one stays empty. */
    private final FrameMailbox[] mailboxes;

    private final AtomicBoolean asleep = new AtomicBoolean();
    private StackStatistics statistics = new StackStatistics();
    private int nextMailbox;
    private int mailInARow;
    private long now;

    private SteeredLink(final LinkDevice device, final QueueShare share, final List<SteeredLink> queues) {
        super(device);
        this.share = share;
        this.classifier = new FrameClassifier(device.capabilities().type(), share.steering());
        this.queues = queues;
        this.mailboxes = new FrameMailbox[share.steering().queues()];
        for (int i = 0; i < mailboxes.length; i++) {
            mailboxes[i] = new FrameMailbox();
        }
    }

    /**
     * Creates links that steer between the queues of one interface.
     *
     * @param devices the queues, in order; each is closed with its link
     * @param steering for the same number of queues
     * @return a link for each queue
     */
    public static List<SteeredLink> over(final List<? extends LinkDevice> devices, final FlowSteering steering) {
        if (devices.size() != steering.queues()) {
            throw new IllegalArgumentException(devices.size() + " devices for " + steering.queues() + " queues");
        }
        final List<SteeredLink> queues = new ArrayList<>(devices.size());
        for (final LinkDevice device : devices) {
            queues.add(new SteeredLink(device, new QueueShare(steering, queues.size()), queues));
        }
        return List.copyOf(queues);
    }

    /** The part of this queue's stack. */
    public QueueShare share() {
        return share;
    }

    @Override
    public void reportTo(final StackStatistics newStatistics) {
        this.statistics = newStatistics;
        device.reportTo(newStatistics);
    }

    // ---- Receiving

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        // Mail first: it is older than the frames that the host sends to this queue now. BURST keeps the host's frames
        // from starving.
        final PacketBuffer mail = mailInARow < BURST ? takeMail(pool) : null;
        if (mail != null) {
            mailInARow++;
            return mail;
        }
        mailInARow = 0;
        for (int passedOn = 0; passedOn < BURST; passedOn++) {
            final PacketBuffer frame = device.receive(pool);
            if (frame == null || isOurs(frame)) {
                return frame != null ? frame : takeMail(pool);
            }
            frame.release();
        }
        return takeMail(pool);
    }

    /**
     * Passes copies of a frame to the other queues that own it.
     *
     * @return true if this queue owns it, alone or with others
     */
    private boolean isOurs(final PacketBuffer frame) {
        final int owner = classifier.owner(frame);
        if (owner == FrameClassifier.ALL_STACKS) {
            tellOthers(frame);
            return true;
        }
        if (owner == FrameClassifier.ANY_STACK || owner == share.queue()) {
            return true;
        }
        pass(frame, owner);
        return false;
    }

    private @Nullable PacketBuffer takeMail(final BufferPool pool) {
        for (int i = 0; i < mailboxes.length; i++) {
            final PacketBuffer frame = mailboxes[nextMailbox].take(pool);
            // The mailboxes take turns, so that one that is never empty does not starve the others.
            nextMailbox = nextMailbox + 1 == mailboxes.length ? 0 : nextMailbox + 1;
            if (frame != null) {
                return frame;
            }
        }
        return null;
    }

    private boolean hasMail() {
        for (final FrameMailbox mailbox : mailboxes) {
            if (!mailbox.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    // ---- Passing on

    /**
     * The queue that owns a TCP segment, with its header at the packet's head and its IP header at {@code ipHeader};
     * this one if the segment does not tell.
     */
    public int owner(final PacketBuffer segment, final int ipHeader) {
        final int owner = classifier.segment(segment.memory().bytes(), ipHeader, segment.head(), segment.tail());
        return owner == FrameClassifier.ANY_STACK ? share.queue() : owner;
    }

    /**
     * Gives a frame to the stack of another queue, as if that queue had received it. The frame stays the caller's; a
     * copy is made. Called by the holder of this stack's lock.
     */
    public void pass(final PacketBuffer frame, final int owner) {
        final SteeredLink queue = queues.get(owner);
        if (!queue.mailboxes[share.queue()].put(frame)) {
            statistics.drop(DropReason.LINK_MAILBOX_FULL);
            return;
        }
        statistics.framesPassedOn++;
        // The queue sets its flag before it looks for mail the last time, so either it sees the mail or this thread
        // sees the flag.
        if (queue.asleep.get() && queue.asleep.getAndSet(false)) {
            queue.device.wakeup();
        }
    }

    private void tellOthers(final PacketBuffer frame) {
        for (int queue = 0; queue < mailboxes.length; queue++) {
            if (queue != share.queue()) {
                pass(frame, queue);
            }
        }
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        if (share.isFirst() && isAnnouncement(frame)) {
            tellOthers(frame);
        }
        return device.transmit(frame);
    }

    private boolean isAnnouncement(final PacketBuffer frame) {
        if (capabilities().type() != LinkType.ETHERNET || frame.contiguousLength() < EthernetHeader.LENGTH) {
            return false;
        }
        final ByteBuffer bytes = frame.memory().bytes();
        final int payload = frame.head() + EthernetHeader.LENGTH;
        return switch (EthernetHeader.etherType(bytes, frame.head())) {
            case EthernetHeader.TYPE_ARP -> isArpAnnouncement(bytes, payload, frame.tail());
            case EthernetHeader.TYPE_IPV6 -> isNeighborAnnouncement(bytes, payload, frame.tail());
            default -> false;
        };
    }

    /** RFC 5227 1.1: sender and target are the same address. */
    private static boolean isArpAnnouncement(final ByteBuffer bytes, final int arp, final int end) {
        return end - arp >= ArpPacket.LENGTH
                && ArpPacket.senderProtocol(bytes, arp) == ArpPacket.targetProtocol(bytes, arp);
    }

    /** RFC 9131 6.1: an advertisement of an address, which was checked, to a group. */
    private static boolean isNeighborAnnouncement(final ByteBuffer bytes, final int ip, final int end) {
        final int icmp = ip + Ipv6Header.LENGTH;
        return end - icmp >= NdpMessage.NEIGHBOR_LENGTH
                && Ipv6Header.nextHeader(bytes, ip) == IpProtocol.ICMPV6
                && Icmpv6Header.type(bytes, icmp) == Icmpv6Header.NEIGHBOR_ADVERTISEMENT
                && Ipv6Header.isMulticast(Ipv6Header.destinationHigh(bytes, ip));
    }

    // ---- Waiting

    @Override
    public void await(final long timeoutNanos) throws IOException {
        asleep.set(true);
        try {
            device.await(hasMail() ? 0 : timeoutNanos);
        } finally {
            asleep.set(false);
        }
    }

    @Override
    public boolean isReady() throws IOException {
        return hasMail() || device.isReady();
    }

    @Override
    public long nextEvent() {
        return hasMail() ? now : device.nextEvent();
    }

    @Override
    public void advance(final long nowNanos) {
        now = nowNanos;
        device.advance(nowNanos);
    }

    /** Closes the queue. Frames that others pass to it from now on are lost. */
    @Override
    public String toString() {
        return "queue " + share.queue() + " of " + device;
    }
}
