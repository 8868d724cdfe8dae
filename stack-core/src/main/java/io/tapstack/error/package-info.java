/** Errors of socket calls by Linux's names and numbers, and the exception that carries one. */
@NullMarked
package io.tapstack.error;

import org.jspecify.annotations.NullMarked;
