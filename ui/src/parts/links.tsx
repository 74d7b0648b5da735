// Links of the router in Mantine's clothes: real addresses, so that a middle click opens a tab.
import {
  ActionIcon,
  Anchor,
  type AnchorProps,
  Button,
  type ButtonProps,
  NavLink,
  type NavLinkProps,
} from '@mantine/core';
import { createLink, useRouter } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, MouseEvent, ReactNode, Ref } from 'react';

type Own = { readonly ref?: Ref<HTMLAnchorElement> };
type Native<Props> = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props>;

export const Link = createLink((props: AnchorProps & Native<AnchorProps> & Own) => <Anchor {...props} />);
export const ButtonLink = createLink((props: ButtonProps & Native<ButtonProps> & Own) => (
  <Button component="a" {...props} />
));
export const RailLink = createLink((props: NavLinkProps & Native<NavLinkProps> & Own) => (
  <NavLink component="a" {...props} />
));
export const IconLink = createLink((props: Native<object> & Own & { 'aria-label': string }) => (
  <ActionIcon component="a" {...props} />
));

/**
 * The link of a row in the list of executions: a plain one, which knows its address and how to go there. The router's own
 * watches where one is, and with Mantine's clothes fifty of them were a third of the work of a filter.
 */
export function ExecutionLink({ id, children }: { id: string; children: ReactNode }) {
  const router = useRouter();
  const target = { to: '/executions/$id', params: { id } } as const;
  const go = (event: MouseEvent) => {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!isPlain || event.defaultPrevented) return;
    event.preventDefault();
    void router.navigate(target);
  };
  return (
    <a
      href={router.history.createHref(router.buildLocation(target).publicHref)}
      className="row-link hostile"
      onClick={go}
    >
      {children}
    </a>
  );
}
