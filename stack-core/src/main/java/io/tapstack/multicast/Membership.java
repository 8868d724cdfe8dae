package io.tapstack.multicast;

import io.tapstack.wire.IpAddress;

/**
 * What one user, such as a socket, wants of one group on one link (RFC 3376 2, IPMulticastListen).
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class Membership {

    private final MulticastGroups groups;
    private final IpAddress group;
    private SourceFilter filter;

    Membership(final MulticastGroups groups, final IpAddress group, final SourceFilter filter) {
        this.groups = groups;
        this.group = group;
        this.filter = filter;
    }

    public IpAddress group() {
        return group;
    }

    public SourceFilter filter() {
        return filter;
    }

    /** Changes the sources that are wanted; {@link SourceFilter#NONE} ends the membership. */
    public void change(final SourceFilter next) {
        groups.change(this, next);
    }

    /** Ends the membership. */
    public void leave() {
        change(SourceFilter.NONE);
    }

    void filter(final SourceFilter next) {
        filter = next;
    }
}
