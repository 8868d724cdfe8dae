/** The events that an observer can see: drops with their reason, state changes, retransmissions, congestion. */
@NullMarked
package io.tapstack.event;

import org.jspecify.annotations.NullMarked;
