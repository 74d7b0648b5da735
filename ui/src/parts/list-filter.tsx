// The filter box of a list; its words are in the address.
import { CloseButton, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';

export function ListFilter({
  value,
  onChange,
  label,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
}) {
  return (
    <TextInput
      data-page-filter
      aria-label={label}
      placeholder={label}
      leftSection={<Search size={14} />}
      rightSection={
        value === '' ? undefined : <CloseButton size="sm" aria-label="Clear the filter" onClick={() => onChange('')} />
      }
      value={value}
      maw={360}
      w="100%"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
